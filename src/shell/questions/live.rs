//! The world: stores and the API server.

use super::asked::Asked;
use super::oracle::Oracle;
use super::{store, users};
use crate::backup::key::Of;
use crate::question::{Door, Fact, KeyOfSecret, Question};
use crate::s3::{StoreClient, StoredBackup};
use crate::shell::cache::Cache;
use crate::shell::request;
use crate::snapshot::Observed;
use kube::Client;
use std::sync::Arc;

/// Asks the stores and the API server.
pub struct Live {
    pub client: Client,
    pub cache: Arc<Cache>,
}

impl Oracle for Live {
    async fn answer(&self, asked: &Asked) -> Result<Fact, String> {
        match &asked.question {
            Question::Usable(door) => self.usable(asked, door).await,
            Question::Newest(door, of) => self.newest(asked, door, of).await,
            Question::Users { .. } => users::of(&self.client, &asked.target).await.map(Fact::Users),
        }
    }
}

impl Live {
    async fn usable(&self, asked: &Asked, door: &Door) -> Result<Fact, String> {
        let (store, secret) = self.store(asked, door).await?;
        let usable = store.check().await.map(|()| Fact::Usable);
        usable.map_err(|problem| store::without(&problem.message, &secret))
    }

    async fn newest(&self, asked: &Asked, door: &Door, of: &Of) -> Result<Fact, String> {
        let (store, secret) = self.store(asked, door).await?;
        let backups = store.backups(of).await;
        let newest = |backups: Vec<StoredBackup>| backups.into_iter().next();
        let newest = backups.map(|backups| Fact::Newest(newest(backups).map(|stored| stored.id)));
        newest.map_err(|problem| store::without(&problem.message, &secret))
    }

    /// The store behind a door, and the secret that opens it.
    async fn store(&self, asked: &Asked, door: &Door) -> Result<(StoreClient, String), String> {
        let access_id = self.value(asked, &door.access_id).await?;
        let secret_key = self.value(asked, &door.access_key).await?;
        let access = store::access(door, access_id, secret_key.clone());
        let store = StoreClient::patient(&access, store::patience());
        let store = store.map_err(|problem| store::without(&problem.message, &secret_key))?;
        Ok((store, secret_key))
    }

    /// The value of a key of a Secret. One that whoever asked did not know of is read.
    async fn value(&self, asked: &Asked, key: &KeyOfSecret) -> Result<String, String> {
        let secret = match asked.secret(&key.secret) {
            Some(secret) => Observed::Present(secret),
            None => request::get(&self.client, &key.secret, &self.cache.served())
                .await
                .map_err(|failure| format!("cannot read {}: {failure}", key.secret))?,
        };
        match secret {
            Observed::Present(secret) => store::value(&secret, key),
            Observed::Absent | Observed::Unknown => Err(format!("there is no {}", key.secret)),
        }
    }
}
