//! S3Store: validate → ask → say.

use super::backup;
use super::context::Context;
use super::ready::Ready;
use super::resource::Renderer;
use super::round::Round;
use super::stop::Stop;
use crate::crd::conditions::reasons;
use crate::kinds::Kind;
use crate::question::{Fact, Question};

/// How an S3Store is rendered.
pub static RENDERER: Renderer = Renderer { is_awaited: true, ..Renderer::new(Kind::S3Store, plan) };

fn plan(context: &Context<'_>, round: &mut Round) -> Result<Ready, Stop> {
    let door = backup::read_store(context, context.resource)?.door;
    let works = format!("bucket {} at {} can be used", door.bucket, door.endpoint);
    let target = context.resource.reference().clone();
    match round.question(context, target, Question::Usable(door))? {
        Fact::Usable => Ok(Ready::new(reasons::CONNECTION_SUCCESSFUL, works)),
        Fact::Unusable(why) => Ok(Ready::new(reasons::CONNECTION_FAILED, why)),
        // What fits the question is one of these.
        Fact::Newest(_) | Fact::Users(_) => Err(Stop::Unanswered),
    }
}
