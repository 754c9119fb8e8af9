//! What an upload that had no good end leaves in a store.

use super::{StoreClient, list, object};

/// What must be taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftBehind {
    /// Parts of an upload that was begun, perhaps twice.
    pub parts: bool,
    /// The object, whole or not.
    pub object: bool,
}

impl LeftBehind {
    /// Takes it away as far as the store lets it happen: nobody is left to hear of an error, and the next backup
    /// looks for what stays.
    pub async fn clean_up(self, store: &StoreClient, key: &str, upload: Option<String>) {
        let bucket = &store.bucket;
        if let Some(upload) = upload {
            let _ = object::abort(bucket, key, &upload).await;
        }
        if self.parts {
            for twin in list::uploads_of(bucket, key).await.unwrap_or_default() {
                let _ = object::abort(bucket, key, &twin.upload).await;
            }
        }
        if self.object {
            let _ = object::delete(bucket, key).await;
        }
    }
}
