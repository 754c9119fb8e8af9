//! Condition types, condition reasons and event reasons: every word that a status or an event
//! may carry, once.

/// Condition types.
pub mod types {
    /// Whether the resource is in the state that its spec asks for.
    pub const READY: &str = "Ready";
    /// kstatus: work towards the wanted state is under way. Present only while True.
    pub const RECONCILING: &str = "Reconciling";
    /// kstatus: no progress without somebody's help. Present only while True.
    pub const STALLED: &str = "Stalled";
    /// Whether the claim is as the spec wants it. Present only with a claim.
    pub const CLAIM_READY: &str = "ClaimReady";
    /// Whether moduleConfig parses as YAML. A warning: it never blocks. Present only with one.
    pub const CONFIG_VALID: &str = "ConfigValid";
    /// The resource carries annotation eevee.bot/paused. Present only while True.
    pub const PAUSED: &str = "Paused";
    /// Whether the last value of annotation eevee.bot/rotate-token was acted on.
    pub const TOKEN_ROTATED: &str = "TokenRotated";
}

/// Reasons of conditions.
pub mod reasons {
    pub const APPLY_FAILED: &str = "ApplyFailed";
    pub const AS_WANTED: &str = "AsWanted";
    pub const AVAILABLE_REPLICAS: &str = "AvailableReplicas";
    pub const CONFLICT: &str = "Conflict";
    pub const CREATING: &str = "Creating";
    pub const DEPLOYMENT_PAUSED: &str = "DeploymentPaused";
    pub const DISABLED: &str = "Disabled";
    pub const EXTERNAL: &str = "External";
    pub const FIELD_IMMUTABLE: &str = "FieldImmutable";
    pub const INVALID_SPEC: &str = "InvalidSpec";
    pub const INVALID_YAML: &str = "InvalidYaml";
    pub const IPC_CONFIG_NOT_FOUND: &str = "IpcConfigNotFound";
    pub const IPC_CONFIG_NOT_READY: &str = "IpcConfigNotReady";
    pub const LOST: &str = "Lost";
    pub const NATS_DEPLOYED: &str = "NatsDeployed";
    pub const NATS_UNAVAILABLE: &str = "NatsUnavailable";
    pub const PAUSED: &str = "Paused";
    pub const RESIZE_REFUSED: &str = "ResizeRefused";
    pub const RESIZING: &str = "Resizing";
    pub const ROTATION_REFUSED: &str = "RotationRefused";
    pub const SECRET_NOT_FOUND: &str = "SecretNotFound";
    pub const SHRINK_REFUSED: &str = "ShrinkRefused";
    pub const TERMINATING: &str = "Terminating";
    pub const TOKEN_NOT_FOUND: &str = "TokenNotFound";
    pub const TOKEN_ROTATED: &str = "TokenRotated";
    pub const UNAVAILABLE_REPLICAS: &str = "UnavailableReplicas";
    pub const UPDATING: &str = "Updating";
    pub const VALID_YAML: &str = "ValidYaml";
    pub const WAITING_FOR_SERVER: &str = "WaitingForServer";
}

/// Reasons of Kubernetes events.
pub mod events {
    pub const ADOPTED: &str = "Adopted";
    pub const APPLY_FAILED: &str = "ApplyFailed";
    pub const CONFLICT: &str = "Conflict";
    pub const CREATED: &str = "Created";
    pub const DELETED: &str = "Deleted";
    pub const INVALID_SPEC: &str = "InvalidSpec";
    pub const LOST: &str = "Lost";
    pub const RESIZE_REFUSED: &str = "ResizeRefused";
    pub const RESIZING: &str = "Resizing";
    pub const ROTATION_REFUSED: &str = "RotationRefused";
    pub const TERMINATING: &str = "Terminating";
    pub const TOKEN_GENERATED: &str = "TokenGenerated";
    pub const TOKEN_ROTATED: &str = "TokenRotated";
    pub const UPDATED: &str = "Updated";
}
