//! Whose connection is served next.

use super::client::Client;
use super::limits::Limits;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The connections of every client: how many of them are served, and those that wait.
///
/// No client is served more than its share, however many connections it opens. A place that
/// becomes free goes to the client with the fewest, and among those to whose turn was longest ago.
/// When there is no room for more, whoever has most connections waiting loses the latest of them;
/// while nobody has more than such a share waiting, newcomers stay outside.
pub struct Turns<T> {
    /// In the order of their last turn.
    clients: VecDeque<Share<T>>,
    places: usize,
    share: usize,
    room: usize,
}

struct Share<T> {
    client: Client,
    served: usize,
    waiting: VecDeque<T>,
}

impl<T> Turns<T> {
    /// With so much room for connections that wait.
    pub fn new(limits: &Limits, room: usize) -> Self {
        let (places, share) = (limits.connections, limits.client_connections);
        Self { clients: VecDeque::new(), places, share, room }
    }

    /// A connection has come, and waits from now on.
    pub fn arrive(&mut self, client: Client, connection: T) {
        match self.clients.iter_mut().find(|share| share.client == client) {
            Some(share) => share.waiting.push_back(connection),
            None => self.clients.push_back(Share {
                client,
                served: 0,
                waiting: VecDeque::from([connection]),
            }),
        }
    }

    /// Whether a connection may come.
    pub fn have_room(&self) -> bool {
        self.waiting() < self.room
            || self.clients.iter().any(|client| client.waiting.len() > self.share)
    }

    /// A connection that has to go: more wait than there is room for.
    pub fn excess(&mut self) -> Option<T> {
        if self.waiting() <= self.room {
            return None;
        }
        let longest = self.clients.iter_mut().max_by_key(|share| share.waiting.len())?;
        let latest = longest.waiting.pop_back();
        self.forget_the_absent();
        latest
    }

    /// The connection whose turn it is, if there is a place for it.
    pub fn next(&mut self) -> Option<(Client, T)> {
        if self.served() >= self.places {
            return None;
        }
        let turn = |share: &Share<T>| !share.waiting.is_empty() && share.served < self.share;
        let candidates = self.clients.iter().enumerate().filter(|(_, share)| turn(share));
        let (index, _) = candidates.min_by_key(|(_, share)| share.served)?;
        let mut share = self.clients.remove(index)?;
        let (client, connection) = (share.client, share.waiting.pop_front()?);
        share.served += 1;
        self.clients.push_back(share);
        Some((client, connection))
    }

    /// A connection that was served is no more.
    pub fn leave(&mut self, client: Client) {
        if let Some(share) = self.clients.iter_mut().find(|share| share.client == client) {
            share.served = share.served.saturating_sub(1);
        }
        self.forget_the_absent();
    }

    /// Nobody's turn comes any more.
    pub fn send_away(&mut self) {
        self.clients.iter_mut().for_each(|share| share.waiting.clear());
        self.forget_the_absent();
    }

    /// Whether places are needed by others, or by this client itself: more than half of them are
    /// in use.
    pub fn are_scarce(&self, client: Client) -> bool {
        let own = self.clients.iter().find(|share| share.client == client);
        self.served() * 2 > self.places || own.is_some_and(|own| own.served * 2 > self.share)
    }

    fn served(&self) -> usize {
        self.clients.iter().map(|share| share.served).sum()
    }

    fn waiting(&self) -> usize {
        self.clients.iter().map(|share| share.waiting.len()).sum()
    }

    fn forget_the_absent(&mut self) {
        self.clients.retain(|share| share.served > 0 || !share.waiting.is_empty());
    }
}

/// Turns that several tasks look at.
pub fn lock<T>(turns: &Mutex<Turns<T>>) -> MutexGuard<'_, Turns<T>> {
    // Counts are whole after a panic, too.
    turns.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    const A: &str = "192.0.2.1";
    const B: &str = "192.0.2.2";
    const C: &str = "192.0.2.3";

    fn client(address: &str) -> Client {
        address.parse::<IpAddr>().unwrap().into()
    }

    fn turns(connections: usize, client_connections: usize, room: usize) -> Turns<usize> {
        Turns::new(&Limits { connections, client_connections, ..Limits::default() }, room)
    }

    /// So many connections of one client, numbered in their order.
    fn come(turns: &mut Turns<usize>, address: &str, connections: usize) {
        for number in 0..connections {
            turns.arrive(client(address), number);
        }
    }

    /// Serves whatever can be served: the numbers of the connections.
    fn serve(turns: &mut Turns<usize>) -> Vec<(Client, usize)> {
        std::iter::from_fn(|| turns.next()).collect()
    }

    #[test]
    fn a_client_is_served_its_share_and_another_one_at_once() {
        let mut turns = turns(8, 2, 100);
        come(&mut turns, A, 50);
        assert_eq!(serve(&mut turns), [(client(A), 0), (client(A), 1)]);
        come(&mut turns, B, 1);
        assert_eq!(serve(&mut turns), [(client(B), 0)]);
        turns.leave(client(A));
        assert_eq!(serve(&mut turns), [(client(A), 2)], "in the order in which they came");
    }

    #[test]
    fn a_network_of_64_bits_has_one_share() {
        let mut turns = turns(8, 2, 100);
        for host in 1..=50 {
            come(&mut turns, &format!("2001:db8:0:1::{host}"), 1);
        }
        assert_eq!(serve(&mut turns).len(), 2);
        come(&mut turns, "2001:db8:0:2::1", 1);
        assert_eq!(serve(&mut turns).len(), 1);
    }

    #[test]
    fn a_free_place_goes_to_whoever_has_the_fewest() {
        let mut turns = turns(4, 2, 100);
        for address in [A, B] {
            come(&mut turns, address, 10);
        }
        assert_eq!(serve(&mut turns).len(), 4);
        come(&mut turns, C, 1);
        assert_eq!(serve(&mut turns), [], "every place is in use");
        turns.leave(client(A));
        assert_eq!(serve(&mut turns), [(client(C), 0)]);
    }

    #[test]
    fn clients_with_equally_many_take_turns() {
        let mut turns = turns(1, 1, 100);
        for address in [A, B, C] {
            come(&mut turns, address, 2);
        }
        let mut order = Vec::new();
        while let Some((next, _)) = turns.next() {
            order.push(next);
            turns.leave(next);
        }
        assert_eq!(order, [A, B, C, A, B, C].map(client));
    }

    #[test]
    fn who_has_most_waiting_makes_room() {
        let mut turns = turns(0, 2, 3);
        come(&mut turns, A, 3);
        assert_eq!(turns.excess(), None);
        turns.arrive(client(B), 7);
        assert_eq!(turns.excess(), Some(2), "the latest of the other one");
        turns.arrive(client(A), 8);
        assert_eq!(turns.excess(), Some(8));
    }

    #[test]
    fn nobody_loses_one_who_has_no_more_than_a_share_waiting() {
        let mut turns = turns(0, 2, 4);
        for address in [A, B] {
            assert!(turns.have_room());
            come(&mut turns, address, 2);
        }
        assert!(!turns.have_room());
        turns.leave(client(A));
        turns.send_away();
        come(&mut turns, A, 4);
        assert!(turns.have_room(), "two of them can go");
    }

    #[test]
    fn places_are_scarce_from_half_of_them_on_for_all_or_for_one() {
        let mut turns = turns(8, 4, 100);
        come(&mut turns, A, 3);
        come(&mut turns, B, 1);
        serve(&mut turns);
        assert!(turns.are_scarce(client(A)), "3 of its 4");
        assert!(!turns.are_scarce(client(B)), "1 of 4, 4 of 8");
        come(&mut turns, B, 1);
        serve(&mut turns);
        assert!(turns.are_scarce(client(B)), "5 of 8");
    }

    #[test]
    fn nothing_is_kept_of_a_client_that_is_gone() {
        let mut turns = turns(8, 2, 100);
        come(&mut turns, A, 10);
        serve(&mut turns);
        turns.send_away();
        assert_eq!(turns.next(), None);
        turns.leave(client(A));
        turns.leave(client(A));
        turns.leave(client(A));
        assert!(turns.clients.is_empty());
    }
}
