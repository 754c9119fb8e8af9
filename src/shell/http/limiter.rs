//! How many requests a client may send.

use super::client::Client;
use super::limits::Limits;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Counts requests in fixed windows: the window of a client begins with its first request, and
/// all that it may send in it can come at once.
pub struct Limiter {
    clients: HashMap<Client, Window>,
    /// Of the clients that there was no room for.
    others: Option<Window>,
    swept: Option<Instant>,
    requests: u32,
    length: Duration,
    room: usize,
}

#[derive(Clone, Copy)]
struct Window {
    began: Instant,
    requests: u32,
}

/// Time between two searches for windows that are over, while there is no room: a search looks at
/// every client.
const SWEEP: Duration = Duration::from_secs(1);

impl Limiter {
    pub fn new(limits: &Limits) -> Self {
        Self {
            clients: HashMap::new(),
            others: None,
            swept: None,
            requests: limits.requests,
            length: limits.window,
            room: limits.clients,
        }
    }

    /// Counts one request.
    ///
    /// # Errors
    /// The client has sent too many: the time until its window is over.
    pub fn admit(&mut self, client: Client, now: Instant) -> Result<(), Duration> {
        if !self.clients.contains_key(&client) && self.clients.len() >= self.room {
            self.sweep(now);
        }
        let fresh = Window { began: now, requests: 0 };
        let window = if self.clients.len() < self.room || self.clients.contains_key(&client) {
            self.clients.entry(client).or_insert(fresh)
        } else {
            self.others.get_or_insert(fresh)
        };
        window.count(self.requests, self.length, now)
    }

    fn sweep(&mut self, now: Instant) {
        if self.swept.is_some_and(|swept| now.duration_since(swept) < SWEEP) {
            return;
        }
        self.swept = Some(now);
        let length = self.length;
        self.clients.retain(|_, window| !window.is_over(length, now));
    }
}

impl Window {
    fn is_over(&self, length: Duration, now: Instant) -> bool {
        now.duration_since(self.began) >= length
    }

    fn count(&mut self, allowed: u32, length: Duration, now: Instant) -> Result<(), Duration> {
        if self.is_over(length, now) {
            *self = Self { began: now, requests: 0 };
        }
        if self.requests >= allowed {
            return Err(length.saturating_sub(now.duration_since(self.began)));
        }
        self.requests += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn limiter(clients: usize) -> Limiter {
        Limiter::new(&Limits { clients, ..Limits::default() })
    }

    fn client(number: u32) -> Client {
        Client::V4(Ipv4Addr::from_bits(number))
    }

    /// How many of some requests at one moment are admitted.
    fn admitted(limiter: &mut Limiter, client: Client, requests: u32, now: Instant) -> usize {
        (0..requests).filter(|_| limiter.admit(client, now).is_ok()).count()
    }

    #[test]
    fn a_client_may_send_a_hundred_requests_a_minute_and_another_one_as_many() {
        let mut limiter = limiter(10);
        let now = Instant::now();
        assert_eq!(admitted(&mut limiter, client(1), 1000, now), 100);
        assert_eq!(admitted(&mut limiter, client(2), 1000, now), 100);
    }

    #[test]
    fn nothing_is_refilled_before_the_window_is_over() {
        let mut limiter = limiter(10);
        let now = Instant::now();
        admitted(&mut limiter, client(1), 100, now);
        let late = now + Duration::from_millis(59_500);
        assert_eq!(limiter.admit(client(1), late), Err(Duration::from_millis(500)));
        let over = now + Duration::from_mins(1);
        assert_eq!(admitted(&mut limiter, client(1), 1000, over), 100);
    }

    #[test]
    fn the_window_begins_with_the_first_request() {
        let mut limiter = limiter(10);
        let now = Instant::now();
        let first = now + Duration::from_secs(50);
        admitted(&mut limiter, client(1), 100, first);
        let later = first + Duration::from_secs(59);
        assert_eq!(admitted(&mut limiter, client(1), 1, later), 0);
    }

    #[test]
    fn clients_without_room_share_one_window() {
        let mut limiter = limiter(2);
        let now = Instant::now();
        admitted(&mut limiter, client(1), 1, now);
        admitted(&mut limiter, client(2), 1, now);
        assert_eq!(admitted(&mut limiter, client(3), 60, now), 60);
        assert_eq!(admitted(&mut limiter, client(4), 60, now), 40);
        assert_eq!(admitted(&mut limiter, client(1), 99, now), 99, "its own window goes on");
    }

    #[test]
    fn a_million_clients_take_the_room_of_ten_thousand() {
        let mut limiter = limiter(10_000);
        let mut now = Instant::now();
        for number in 0..1_000_000 {
            let _ = limiter.admit(client(number), now);
            now += Duration::from_micros(100);
        }
        assert_eq!(limiter.clients.len(), 10_000);
    }

    #[test]
    fn windows_that_are_over_make_room() {
        let mut limiter = limiter(2);
        let now = Instant::now();
        admitted(&mut limiter, client(1), 1, now);
        admitted(&mut limiter, client(2), 1, now + Duration::from_secs(30));
        let later = now + Duration::from_mins(1);
        assert_eq!(admitted(&mut limiter, client(3), 1000, later), 100);
        assert_eq!(admitted(&mut limiter, client(4), 1000, later), 100);
        assert_eq!(limiter.clients.len(), 2, "client 2 is still counted, and 4 shares");
        assert_eq!(admitted(&mut limiter, client(5), 1000, later), 0);
    }
}
