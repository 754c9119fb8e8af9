//! What docs/install.md says of values and images.

use crate::helm::rendered;
use crate::page::page;
use eevee_operator::snapshot::Settings;

const PAGE: &str = "docs/install.md";

#[test]
fn its_values_are_taken() {
    let blocks = page(PAGE).blocks("yaml");
    let values: Vec<&str> = blocks
        .iter()
        .map(|block| block.text.as_str())
        .filter(|text| !text.starts_with("apiVersion"))
        .collect();
    assert_eq!(values.len(), 3);
    for values in values {
        let charts: &[&str] = match values {
            _ if values.starts_with("global:") => &["crds", "operator", "bot", "eevee"],
            _ if values.starts_with("extraObjects:") => &["operator", "bot"],
            _ => &["operator"],
        };
        for chart in charts {
            assert_ne!(rendered(chart, values), rendered(chart, ""), "chart {chart}: {values}");
        }
    }
}

#[test]
fn its_table_has_every_image_that_is_not_of_a_module() {
    let rows = page(PAGE).section("Registries of your own").rows();
    let images = Settings::default().nats_images;
    let own = "ghcr.io/eeveebot/operator:<version of the chart>".to_owned();
    assert_eq!(rows, [own, images.server, images.exporter]);
}
