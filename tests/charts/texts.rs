//! Every text stays a text, whatever YAML 1.1 would read in its place: of what a chart is given, and of what the release
//! and its namespace are called.

use crate::helm::Helm;
use crate::switches::WHOLES;
use crate::values::{CHARTS, defaults};
use eevee_operator::yaml;
use serde_json::Value;

/// A number, an octal one, a float, a boolean and nothing. Each is a DNS label, as most names must be.
const HOSTILE: [&str; 5] = ["123", "007", "1e3", "no", "null"];
/// A text that every reader takes for one.
const PLAIN: &str = "abc";

#[test]
fn every_text_of_the_values_stays_a_text() {
    for chart in CHARTS {
        let values = fullest(chart);
        let as_it_is = shape(&rendered(chart, "eevee", "bots", &values).expect("it is rendered"));
        // A text that is not quoted is read as something else whichever of them it is: one each is enough.
        for (path, hostile) in texts(&values).iter().zip(HOSTILE.iter().cycle()) {
            let with =
                |text| Some(shape(&rendered(chart, "eevee", "bots", &put(&values, path, text))?));
            // What is refused is not a text of one's own choice.
            let Some(found) = with(hostile).filter(|found| *found != as_it_is) else { continue };
            // Some texts decide what else is there: another one decides the same.
            let plain = with(PLAIN).unwrap_or_else(|| as_it_is.clone());
            assert_eq!(found, plain, "chart {chart}: {path} is {hostile:?}");
        }
    }
}

#[test]
fn releases_and_namespaces_may_be_called_by_numbers() {
    for chart in CHARTS {
        let values = fullest(chart);
        let plain = shape(&rendered(chart, PLAIN, PLAIN, &values).expect("it is rendered"));
        for hostile in HOSTILE {
            for (release, namespace) in [(hostile, PLAIN), (PLAIN, hostile)] {
                let found = rendered(chart, release, namespace, &values).expect("it is rendered");
                let place = format!("chart {chart}: release {release} in namespace {namespace}");
                assert_eq!(shape(&found), plain, "{place}");
            }
        }
    }
}

/// The defaults of a chart, with as much set as any test sets at once.
fn fullest(chart: &str) -> Value {
    let whole = WHOLES.iter().find(|case| case.chart == chart);
    let given = whole.map_or(Value::Null, |case| serde_yaml::from_str(case.values).expect("YAML"));
    merged(defaults(chart), given)
}

fn merged(below: Value, above: Value) -> Value {
    match (below, above) {
        (Value::Object(mut below), Value::Object(above)) => {
            for (key, value) in above {
                let under = below.remove(&key).unwrap_or_default();
                below.insert(key, merged(under, value));
            }
            below.into()
        }
        (below, Value::Null) => below,
        (_, above) => above,
    }
}

/// The pointers of all texts in some values.
fn texts(values: &Value) -> Vec<String> {
    let children: Vec<(String, &Value)> = match values {
        Value::Object(map) => map.iter().map(|(key, value)| (escaped(key), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(i, value)| (i.to_string(), value)).collect()
        }
        Value::String(_) => return vec![String::new()],
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    };
    let below = |(key, value): (String, &Value)| {
        texts(value).into_iter().map(move |rest| format!("/{key}{rest}")).collect::<Vec<_>>()
    };
    children.into_iter().flat_map(below).collect()
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn put(values: &Value, path: &str, text: &str) -> Value {
    let mut values = values.clone();
    *values.pointer_mut(path).expect("it is there") = text.into();
    values
}

/// What `helm template` prints, read as kubectl reads it. None where Helm refuses.
fn rendered(chart: &str, release: &str, namespace: &str, values: &Value) -> Option<Vec<Value>> {
    let namespace = format!("--namespace={namespace}");
    let arguments = ["template", release, chart, &namespace, "--values=-", "--kube-version=1.33.0"];
    let ending = Helm::alone().run(&arguments, &values.to_string());
    let documents = ending.is_ok.then(|| yaml::read(&ending.out))?.expect("YAML");
    Some(documents.into_iter().map(|document| document.value).collect())
}

/// What kind of thing stands where.
fn shape(documents: &[Value]) -> Vec<Value> {
    documents.iter().map(shape_of).collect()
}

fn shape_of(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), shape_of(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(list) => list.iter().map(shape_of).collect::<Vec<_>>().into(),
        Value::String(_) => "text".into(),
        Value::Null => "nothing".into(),
        Value::Bool(_) => "boolean".into(),
        Value::Number(_) => "number".into(),
    }
}
