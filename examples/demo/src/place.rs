//! Where the demo runs.

use crate::cluster::{Cluster, Folder, Output, kubectl, repository, until};
use crate::existing::Existing;
use crate::{NAMESPACE, say};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long the API server may take to serve what it has accepted.
const SERVED: Duration = Duration::from_mins(1);

pub enum Place {
    /// A cluster that goes with the demo.
    Own(Box<Cluster>),
    /// Somebody's, from which the demo takes away what it has brought.
    Theirs(Borrowed),
}

pub struct Borrowed {
    kubeconfig: PathBuf,
    folder: Folder,
}

impl Place {
    pub fn open(existing: Option<&Existing>) -> Place {
        let Some(existing) = existing else {
            say("starting a control plane with one fake node (some seconds)");
            return Place::Own(Box::new(Cluster::fake_nodes()));
        };
        say(&format!("using {}, whose nodes pull the images of the bot", existing.title()));
        let folder = Folder::new();
        let kubeconfig = folder.write("kubeconfig", &existing.kubeconfig());
        refuse_what_is_in_use(&kubeconfig, folder.path(), &existing.title());
        Place::Theirs(Borrowed { kubeconfig, folder })
    }

    pub fn kubeconfig(&self) -> &Path {
        match self {
            Place::Own(cluster) => cluster.kubeconfig(),
            Place::Theirs(borrowed) => &borrowed.kubeconfig,
        }
    }

    /// Where logs are kept. It goes with the demo.
    pub fn folder(&self) -> &Path {
        match self {
            Place::Own(cluster) => cluster.folder(),
            Place::Theirs(borrowed) => borrowed.folder.path(),
        }
    }

    pub fn kubectl(&self, args: &[&str]) -> Output {
        kubectl(self.kubeconfig(), self.folder(), args, None)
    }

    /// The CRDs and the namespace of the bot.
    pub fn install(&self) {
        let crds = format!("--filename={}", crds().display());
        self.kubectl(&["apply", "--server-side", &crds]).success();
        let established = ["wait", "--for=condition=Established", "--timeout=60s", &crds];
        self.kubectl(&established).success();
        self.kubectl(&["create", "namespace", NAMESPACE]).success();
        let served = until(SERVED, || {
            let get = ["get", "botmodules,ipcconfigs", "--namespace", NAMESPACE];
            self.kubectl(&get).status.success().then_some(())
        });
        assert!(served.is_some(), "the CRDs are not served after {SERVED:?}");
    }

    pub fn apply_bot(&self) {
        let bot = format!("--filename={}", repository().join("examples/bot.yaml").display());
        self.kubectl(&["apply", &bot]).success();
    }
}

/// What the demo would change, and remove in the end, must not be anybody's.
fn refuse_what_is_in_use(kubeconfig: &Path, home: &Path, title: &str) {
    let crds = format!("--filename={}", crds().display());
    let namespace = ["get", "namespace", NAMESPACE, "--ignore-not-found", "--output=name"];
    let crds = ["get", "--ignore-not-found", "--output=name", &crds];
    for question in [&namespace[..], &crds[..]] {
        let found = kubectl(kubeconfig, home, question, None).success();
        assert!(
            found.trim().is_empty(),
            "{title} is in use: it has {}. The demo would remove that in the end: choose another cluster",
            found.split_whitespace().collect::<Vec<_>>().join(", ")
        );
    }
}

fn crds() -> PathBuf {
    repository().join("crds/crds.yaml")
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        say("removing the bot, its namespace and the CRDs (up to a minute)");
        let crds = format!("--filename={}", crds().display());
        for what in [&["namespace", NAMESPACE][..], &[&crds]] {
            let delete = ["delete", "--ignore-not-found", "--timeout=60s"];
            let arguments = [&delete[..], what].concat();
            let output = kubectl(&self.kubeconfig, self.folder.path(), &arguments, None);
            if !output.status.success() {
                eprintln!("demo: not all is removed: {}", output.stderr.trim_end());
            }
        }
    }
}
