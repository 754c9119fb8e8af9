//! Which files have several names.

use rustix::fs::{Dev, Stat};
use std::collections::HashMap;

/// Files of which one name was stored and others will come.
#[derive(Default)]
pub struct Links(HashMap<(Dev, u64), Link>);

struct Link {
    name: Box<[u8]>,
    left: u64,
}

impl Links {
    /// The name under which a file was stored before. Once all were asked for, it is forgotten.
    pub fn stored(&mut self, stat: &Stat) -> Option<Box<[u8]>> {
        let key = (stat.st_dev, stat.st_ino);
        let link = self.0.get_mut(&key)?;
        link.left -= 1;
        if link.left > 0 {
            return Some(link.name.clone());
        }
        self.0.remove(&key).map(|link| link.name)
    }

    /// A file is stored under this name.
    pub fn store(&mut self, stat: &Stat, name: &[u8]) {
        #[allow(clippy::useless_conversion, reason = "the count has 32 bits on other machines")]
        let left = u64::from(stat.st_nlink).saturating_sub(1);
        if left > 0 {
            self.0.insert((stat.st_dev, stat.st_ino), Link { name: name.into(), left });
        }
    }
}
