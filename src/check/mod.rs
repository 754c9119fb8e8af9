//! What must hold before an installation and after it: facts about a cluster in, findings out. Pure;
//! asking the cluster is the shell's.
//!
//! | room | what it judges |
//! |---|---|
//! | `server`, `crds` | the API server, its clock, and how it serves the resources |
//! | `rights`, `access` | what the operator's account needs, and what it may do |
//! | `operator`, `former`, `lease`, `renewal`, `api`, `versions` | the installation, and who else acts beside it |
//! | `trial`, `quota`, `storage` | what the namespace lets in, and how much of it |
//! | `unlisted` | what of the bot nobody could look at |
//! | `named`, `images`, `nats`, `token`, `readiness`, `backups` | the bot |

mod access;
mod api;
mod backups;
mod crds;
mod facts;
mod finding;
mod former;
mod images;
mod lease;
mod named;
mod nats;
mod operator;
mod quota;
mod readiness;
mod renewal;
mod rights;
mod schema;
mod server;
mod storage;
mod token;
mod trial;
mod unlisted;
mod versions;

pub use facts::{Admission, Facts, Health, InstallPhase, Reviews, Seen, Server, Trial};
pub use finding::{CheckStatus, Finding, as_json, as_text};
pub use named::secrets as named_secrets;
pub use nats::servers as nats_servers;
pub use operator::{
    Account, account, home, is_operator, of as own_operator, token_secret, watches_all,
};
pub use rights::{Right, needed, of_installer};
pub use trial::{Attempt, attempts};

/// All that is found, in the order in which a person mends it.
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let server = server::judge(facts);
    if facts.server.is_err() {
        return server;
    }
    let before_and_after = [
        server,
        crds::judge(facts),
        former::judge(facts),
        access::judge(facts),
        trial::judge(facts),
        quota::judge(facts),
        storage::judge(facts),
        unlisted::judge(facts),
    ];
    let after: [fn(&Facts) -> Vec<Finding>; 10] = [
        operator::judge,
        versions::judge,
        lease::judge,
        api::judge,
        named::judge,
        images::judge,
        nats::judge,
        token::judge,
        readiness::judge,
        backups::judge,
    ];
    let after = after.iter().filter(|_| facts.phase == InstallPhase::After);
    before_and_after.into_iter().chain(after.map(|judge| judge(facts))).flatten().collect()
}
