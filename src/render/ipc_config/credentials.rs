//! The secrets of a NATS server: the token, which outlives the resource, and the password of the
//! routes between the servers of a cluster.

use super::connection::{host, usable_token};
use super::replacement::is_being_replaced;
use super::token;
use super::validate::ValidIpcConfig;
use crate::action::{Precondition, Severity, Verb};
use crate::crd::conditions::{Reason, events, reasons, types};
use crate::kinds::Kind;
use crate::names::{self, HOST_KEY};
use crate::object::{Object, ObjectRef};
use crate::render::context::Context;
use crate::render::ready::Condition;
use crate::render::round::Round;
use crate::render::secret::is_generated;
use crate::render::stop::Stop;
use crate::render::{generate, meta, secret};
use crate::snapshot::NotKnown;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const PASSWORD_KEY: &str = "password";

/// A token that the server accepts.
pub struct ServerToken {
    pub plain: String,
    /// The token as a string of nats.conf.
    pub quoted: String,
}

/// All that nats.conf keeps secret.
pub struct Credentials {
    pub token: ServerToken,
    /// Only with several servers.
    pub routes_password: Option<String>,
}

impl Credentials {
    /// Finds or makes the password of the routes.
    pub fn settle(
        context: &Context<'_>,
        nats: &ValidIpcConfig,
        token: ServerToken,
        round: &mut Round,
    ) -> Result<Self, Stop> {
        let routes_password =
            if nats.is_clustered() { Some(routes_password(context, round)?) } else { None };
        Ok(Self { token, routes_password })
    }
}

impl ServerToken {
    /// Finds, makes or rotates the token.
    ///
    /// # Errors
    /// [`Stop::Refused`] with TokenNotFound: NATS never runs without authentication.
    pub fn settle(
        context: &Context<'_>,
        nats: &ValidIpcConfig,
        round: &mut Round,
    ) -> Result<Self, Stop> {
        let secret = context.reference(Kind::Secret, &nats.token_secret);
        let other_keeper = other_keeper(context, nats)?;
        let plain = match context.source.get(&secret)? {
            Some(live) => {
                let token = usable_token(&live, &nats.token_key).map_err(not_found)?;
                let rotated = match &other_keeper {
                    None => tend(context, nats, &live, round)?,
                    Some(keeper) => {
                        refuse_rotation(context, round, |value| {
                            format!(
                                "{secret} is kept by IpcConfig {keeper}, so it is not rotated for {value:?} here: put the annotation on that one"
                            )
                        });
                        None
                    }
                };
                rotated.unwrap_or(token)
            }
            None if !nats.generate => {
                return Err(not_found(format!(
                    "there is no Secret {} and spec.nats.token.generate is false: make the Secret with key {}, or allow to generate it",
                    nats.token_secret, nats.token_key
                )));
            }
            None => match other_keeper {
                Some(keeper) => {
                    return Err(not_found(format!(
                        "there is no Secret {} yet: IpcConfig {keeper}, which shares it, is the one to make it, and its status says how far it has come",
                        nats.token_secret
                    )));
                }
                None => make(context, nats, secret, round)?,
            },
        };
        let quoted = token::quoted(&plain).map_err(|why| not_found(format!("the token {why}")))?;
        Ok(Self { plain, quoted })
    }
}

/// Takes the owner reference off the token Secret of an external NATS, too.
pub fn disown(context: &Context<'_>, nats: &ValidIpcConfig, round: &mut Round) -> Result<(), Stop> {
    let live = context.get(Kind::Secret, &nats.token_secret)?;
    if let Some(live) = live
        && other_keeper(context, nats)?.is_none()
    {
        if live.is_being_deleted() {
            round.leaving.insert(live.reference().clone());
        }
        set_owners(context, &live, without_owner(context, &live), round)?;
        refuse_rotation(context, round, |value| {
            format!(
                "{} is for an external NATS server, so it is not rotated for {value:?}: put the server's new token there yourself",
                live.reference()
            )
        });
    }
    Ok(())
}

/// Several IpcConfigs may share a Secret, but one alone may write it: the one whose default name
/// it has, or else the first by name. This is its name, where it is not the one being rendered.
fn other_keeper(context: &Context<'_>, nats: &ValidIpcConfig) -> Result<Option<String>, NotKnown> {
    let secret = nats.token_secret.as_str();
    let all = context.source.list(Kind::IpcConfig, context.namespace())?;
    let shares = |other: &&Arc<Object>| {
        ValidIpcConfig::read(other).is_ok_and(|other| other.token_secret == secret)
    };
    let sharing: Vec<&str> =
        all.iter().filter(shares).map(|other| other.reference().name.as_str()).collect();
    let namesake = sharing.iter().find(|name| names::nats::token_secret(name) == secret);
    let keeper = namesake.or(sharing.first()).copied();
    Ok(keeper.filter(|keeper| *keeper != context.name()).map(str::to_owned))
}

fn make(
    context: &Context<'_>,
    nats: &ValidIpcConfig,
    target: ObjectRef,
    round: &mut Round,
) -> Result<String, Stop> {
    let token = generate::secret_value(context.source.entropy(), &target, "nats-token");
    let mut metadata = meta::metadata(
        context.namespace(),
        nats.token_secret.as_str(),
        meta::nats_labels(context.name()),
    );
    if let Some(value) = rotation_value(context) {
        metadata.annotations = Some([(names::ROTATED_FOR.to_owned(), value.to_owned())].into());
    }
    let host = host(context.source, context.namespace(), context.name());
    let secret =
        secret::generated(metadata, [(nats.token_key.as_str(), token.clone()), (HOST_KEY, host)]);
    let message = format!("generated a token into {target}");
    round.tell(context, Severity::Normal, events::TOKEN_GENERATED, message);
    round.ask(context, target, Verb::Create(secret))?;
    if let Some(value) = rotation_value(context) {
        round.say(context, rotated(value));
    }
    Ok(token)
}

/// Looks after a token Secret that is there. The new token, if this round rotates it.
fn tend(
    context: &Context<'_>,
    nats: &ValidIpcConfig,
    live: &Object,
    round: &mut Round,
) -> Result<Option<String>, Stop> {
    let owners = without_owner(context, live);
    let asked = rotation_value(context);
    let done = live.annotation(names::ROTATED_FOR);
    if live.is_being_deleted() {
        round.leaving.insert(live.reference().clone());
        if done != asked {
            refuse_rotation(context, round, |value| {
                format!("{} is being deleted, so it is not rotated for {value:?}", live.reference())
            });
            return Ok(None);
        }
    }
    match asked {
        Some(value) if is_generated(live) && done == Some(value) => {
            round.say(context, rotated(value));
        }
        Some(value) if is_generated(live) && !is_of_another(context, live) => {
            if is_being_replaced(context, nats)? {
                round.say(context, rotates_later(value));
            } else {
                return rotate(context, nats, live, value, owners, round);
            }
        }
        Some(_) => refuse_rotation(context, round, |value| {
            let whose = match live.controller() {
                Some(owner) if is_generated(live) => {
                    format!("is kept by {} {}", owner.kind, owner.name)
                }
                _ => "was not generated by the operator".to_owned(),
            };
            format!(
                "{} {whose}, so it is not rotated for {value:?}: put a new token there yourself",
                live.reference()
            )
        }),
        None => {}
    }
    set_owners(context, live, owners, round)?;
    Ok(None)
}

/// Token and mark change in one request: a crash can neither repeat nor lose a rotation. Where
/// admission takes the mark off, the new token is never used: the next round would make another.
fn rotate(
    context: &Context<'_>,
    nats: &ValidIpcConfig,
    live: &Object,
    value: &str,
    owners: Option<Value>,
    round: &mut Round,
) -> Result<Option<String>, Stop> {
    let purpose = format!("nats-token rotated for {value}");
    let token = generate::secret_value(context.source.entropy(), live.reference(), &purpose);
    let mut metadata = Map::new();
    metadata.insert("annotations".to_owned(), json!({ names::ROTATED_FOR: value }));
    metadata.extend(owners.map(|owners| ("ownerReferences".to_owned(), owners)));
    let patch =
        json!({ "metadata": metadata, "data": { &nats.token_key: secret::encode(&token) } });
    let verb = Verb::Patch { patch, seen: Precondition::seen(live) };
    let action = context.action(live.reference().clone(), verb);
    let Some(action) = context.allowed(action)? else {
        refuse_rotation(context, round, |value| {
            format!(
                "admission rewrites {}, so it is not rotated for {value:?} again: exempt that Secret from what rewrites it",
                live.reference()
            )
        });
        return Ok(None);
    };
    round.actions.push(action);
    round.say(context, rotated(value));
    let message = format!("rotated the token in {} for {value:?}", live.reference());
    round.tell(context, Severity::Normal, events::TOKEN_ROTATED, message);
    Ok(Some(token))
}

/// Says why a token is not rotated, where somebody asks for it.
fn refuse_rotation(context: &Context<'_>, round: &mut Round, why: impl FnOnce(&str) -> String) {
    if let Some(value) = rotation_value(context) {
        round.say(context, said(reasons::ROTATION_REFUSED, why(value)));
    }
}

fn rotates_later(value: &str) -> Condition {
    let message = format!(
        "the token is rotated for {value:?} as soon as the NATS server has been replaced: the one that still runs knows the present token alone"
    );
    said(reasons::WAITING_FOR_SERVER, message)
}

fn rotated(value: &str) -> Condition {
    said(reasons::TOKEN_ROTATED, format!("the token was rotated for {value:?}"))
}

fn said(reason: Reason, message: String) -> Condition {
    Condition { kind: types::TOKEN_ROTATED, reason, message }
}

fn rotation_value<'a>(context: &Context<'a>) -> Option<&'a str> {
    context.resource.annotation(names::ROTATE_TOKEN).filter(|value| !value.is_empty())
}

/// The owner references of a token Secret without one to us: the TypeScript operator left it, and
/// with it the token would go with the resource.
fn without_owner(context: &Context<'_>, live: &Object) -> Option<Value> {
    if is_of_another(context, live) {
        return None;
    }
    let owns_it = |owner: &Value| {
        owner["apiVersion"].as_str().is_some_and(|version| version.starts_with("eevee.bot/"))
            && owner["kind"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("IpcConfig"))
            && owner["name"] == context.name()
    };
    let owners = live.at("/metadata/ownerReferences")?.as_array()?;
    let kept: Vec<&Value> = owners.iter().filter(|owner| !owns_it(owner)).collect();
    match kept.len() {
        count if count == owners.len() => None,
        0 => Some(Value::Null),
        _ => Some(json!(kept)),
    }
}

/// Whether another controller looks after a Secret. It keeps the Secret from going with us, and
/// would undo what we write.
fn is_of_another(context: &Context<'_>, live: &Object) -> bool {
    live.controller().is_some_and(|owner| !meta::is_same_resource(&owner, context.resource))
}

fn set_owners(
    context: &Context<'_>,
    live: &Object,
    owners: Option<Value>,
    round: &mut Round,
) -> Result<(), Stop> {
    let Some(owners) = owners.filter(|_| !live.is_being_deleted()) else { return Ok(()) };
    let patch = json!({ "metadata": { "ownerReferences": owners } });
    let verb = Verb::Patch { patch, seen: Precondition::seen(live) };
    round.ask(context, live.reference().clone(), verb)
}

fn routes_password(context: &Context<'_>, round: &mut Round) -> Result<String, Stop> {
    let name = names::nats::routes_secret(context.name());
    let target = context.reference(Kind::Secret, &name);
    if let Some(live) = context.source.get(&target)? {
        if live.is_being_deleted() {
            round.leaving.insert(target.clone());
        }
        let password =
            live.secret_value(PASSWORD_KEY).and_then(|value| String::from_utf8(value).ok());
        // It stands in a URL, so that nothing but letters and digits is safe.
        let usable = |password: &String| {
            !password.is_empty() && password.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        return password.filter(usable).ok_or_else(|| {
            let message = format!(
                "{target} has no key {PASSWORD_KEY} of letters and digits: delete it, and it is made again"
            );
            Stop::refused(reasons::CONFLICT, message)
        });
    }
    let password = generate::secret_value(context.source.entropy(), &target, "routes-password");
    let metadata = meta::metadata(context.namespace(), name, meta::nats_labels(context.name()));
    let secret = secret::generated(context.owned(metadata), [(PASSWORD_KEY, password.clone())]);
    round.ask(context, target, Verb::Create(secret))?;
    Ok(password)
}

fn not_found(message: impl Into<String>) -> Stop {
    Stop::refused(reasons::TOKEN_NOT_FOUND, message)
}
