//! The custom resources of group `eevee.bot`, version `v1`: one file per kind.
//!
//! The Rust types are the source of the CRDs: field docs become the descriptions that
//! `kubectl explain` shows, attributes become defaults, ranges and CEL rules.
//! All fields are in the schema: one that the schema lacks is erased from live objects by the first
//! write.

#![allow(
    rustdoc::invalid_html_tags,
    rustdoc::bare_urls,
    reason = "field docs are shown by kubectl explain"
)]
#![allow(clippy::duplicated_attributes, reason = "KubeSchema repeats the attributes of a field")]

mod backup_restore;
mod backup_schedule;
mod bot_module;
pub mod conditions;
pub mod image;
mod ipc_config;
mod reference;
mod s3_store;
mod schema;
mod tag;
pub mod words;

pub use backup_restore::{BackupRestore, BackupRestoreSpec, BackupRestoreStatus, From};
pub use backup_schedule::{
    BackupFailure, BackupSchedule, BackupScheduleSpec, BackupScheduleStatus, BackupSuccess, Drill,
    DrillResult, Keep, ModuleBackups, Scratch,
};
pub use bot_module::{
    BootstrapFromBackup, BotModule, BotModuleSpec, BotModuleStatus, ConfigReload, PullPolicy,
};
pub use ipc_config::{
    IpcConfig, IpcConfigSpec, IpcConfigStatus, ManagedNats, NatsSpec, NatsToken, TokenKeyRef,
    TokenSecret,
};
pub use reference::{LocalReference, SecretKeyRef, SecretReference};
pub use s3_store::{AccessRef, S3Store, S3StoreSpec, S3StoreStatus};
pub use schema::{crds, in_words, kinds, status_schemas, unobserved_status};
pub use tag::tag;

/// API group of every custom resource.
pub const GROUP: &str = "eevee.bot";
/// The one served and stored version.
pub const VERSION: &str = "v1";
/// `apiVersion` of every custom resource.
pub const API_VERSION: &str = "eevee.bot/v1";
