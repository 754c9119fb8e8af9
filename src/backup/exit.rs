//! How the commands end. A Job's podFailurePolicy goes by it.

/// It failed, and another try may do better.
pub const FAILED: u8 = 1;
/// The command line or the environment is unusable.
pub const UNUSABLE: u8 = 2;
/// It failed, and no other try will do better.
pub const PERMANENT: u8 = 3;
