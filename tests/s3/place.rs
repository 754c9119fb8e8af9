//! A store, and the module whose backups lie in it.

use crate::cluster::Versitygw;
use crate::proxy::Proxy;
use eevee_operator::backup::key::Of;
use eevee_operator::s3::{Access, Download, Patience, StoreClient, StoreProblem, Upload};
use std::io::{Read, Write};
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;
use tokio::runtime::{Handle, Runtime};

pub const MIB: usize = 1 << 20;
/// What one part holds.
pub const PART: usize = 8 * MIB;

pub fn server() -> &'static Versitygw {
    static SERVER: OnceLock<Versitygw> = OnceLock::new();
    SERVER.get_or_init(Versitygw::start)
}

pub fn runtime() -> &'static Handle {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
    RUNTIME.handle()
}

pub fn of(module: &str) -> Of {
    Of { namespace: "bots".to_owned(), module: module.to_owned() }
}

pub fn access(port: u16, prefix: &str) -> Access {
    Access {
        endpoint: format!("http://127.0.0.1:{port}"),
        bucket: Versitygw::BUCKET.to_owned(),
        prefix: prefix.to_owned(),
        region: Versitygw::REGION.to_owned(),
        path_style: true,
        ca_bundle: None,
        access_id: Versitygw::ACCESS_ID.to_owned(),
        secret_key: Versitygw::SECRET_KEY.to_owned(),
    }
}

/// Enough for a loopback, and too little to be noticed.
pub fn hasty() -> Patience {
    Patience {
        connect: Duration::from_secs(5),
        idle: Duration::from_secs(20),
        question: Duration::from_secs(30),
        transfer: Duration::from_mins(1),
        tries: 4,
        first_pause: Duration::from_millis(2),
        longest_pause: Duration::from_millis(20),
    }
}

/// One that tries everything twice.
pub fn twice(port: u16) -> StoreClient {
    StoreClient::patient(&access(port, ""), Patience { tries: 2, ..hasty() }).expect("a store")
}

/// A store that loses patience at once.
pub fn impatient(port: u16) -> StoreClient {
    let soon = Duration::from_millis(300);
    let patience = Patience { idle: soon, question: soon * 3, tries: 2, ..hasty() };
    StoreClient::patient(&access(port, ""), patience).expect("a store")
}

pub fn store_at(port: u16) -> StoreClient {
    store_with(&access(port, ""))
}

pub fn store_with(access: &Access) -> StoreClient {
    StoreClient::patient(access, hasty()).expect("a store")
}

/// The server itself.
pub fn direct() -> StoreClient {
    store_at(server().port())
}

pub fn through(proxy: &Proxy) -> StoreClient {
    store_at(proxy.port)
}

/// Bytes that are no others.
pub fn bytes(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

pub fn upload(store: &StoreClient, key: &str, data: &[u8]) -> Result<u64, StoreProblem> {
    let mut upload = Upload::begin(store, runtime(), key, data.len() as u64)?;
    upload.write_all(data).map_err(problem)?;
    upload.finish()
}

pub fn download(store: &StoreClient, key: &str) -> Result<Vec<u8>, StoreProblem> {
    let mut download = Download::begin(store, runtime(), key)?;
    let mut data = Vec::new();
    let read = download.read_to_end(&mut data);
    read.map_err(problem)?;
    assert_eq!(data.len() as u64, download.size());
    Ok(data)
}

/// The problem within an error.
pub fn problem(error: std::io::Error) -> StoreProblem {
    let inner = error.into_inner().expect("a problem");
    *inner.downcast::<StoreProblem>().expect("a problem")
}

/// What the server lists: backups of a module, and its uploads that have not ended.
pub fn left(module: &str) -> (Vec<String>, usize) {
    let store = direct();
    let of = of(module);
    let backups = runtime().block_on(store.backups(&of)).expect("a list");
    let uploads = runtime().block_on(store.abort_old_uploads(&of, jiff::Timestamp::MAX));
    (backups.into_iter().map(|backup| backup.id).collect(), uploads.expect("a list"))
}
