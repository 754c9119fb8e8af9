//! How to look around.

use crate::NAMESPACE;
use crate::cluster::kube_program;
use crate::operator::Operator;
use crate::place::Place;

pub fn print(place: &Place, operator: &Operator) {
    let kubeconfig = place.kubeconfig().display();
    let kubectl = kube_program("kubectl");
    let kubectl = kubectl.display();
    let (url, token, log) = (operator.url(), operator.token(), operator.log().display());
    let end = match place {
        Place::Own(_) => {
            "The node is a fake: pods become Ready, but nothing runs in them. Ctrl-C ends and removes everything."
        }
        Place::Theirs(_) => {
            "Ctrl-C ends, and removes everything that this brought into the cluster."
        }
    };
    println!(
        r#"
Look around from another terminal:

  export KUBECONFIG={kubeconfig}
  alias kubectl={kubectl}
  kubectl config set-context --current --namespace={NAMESPACE}

  kubectl get ipc,bm,deployments,pods
  kubectl scale bm/echo --replicas=3
  kubectl delete deployment eevee-echo-module       # it comes back
  kubectl annotate ipc/main eevee.bot/rotate-token=1
  kubectl get events --sort-by=.lastTimestamp

  curl -H 'Authorization: Bearer {token}' {url}/api/bot-modules
  curl -H 'Authorization: Bearer {token}' {url}/api/action/restart-module \
       --data '{{"moduleName": "echo", "namespace": "{NAMESPACE}"}}'
  curl {url}/metrics

The operator's log is {log}
{end}"#
    );
}
