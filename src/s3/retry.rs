//! How often something is tried.

use super::Patience;
use super::error::RequestError;
use std::time::Duration;
use tokio::time::Instant;

/// The tries of one thing.
pub struct Retry {
    patience: Patience,
    /// No try begins later.
    until: Instant,
    tries: u32,
}

impl Retry {
    /// For so long, at most.
    pub fn new(patience: Patience, limit: Duration) -> Self {
        Self { patience, until: Instant::now() + limit, tries: 0 }
    }

    /// Waits until another try makes sense.
    ///
    /// # Errors
    /// The fault, where none does.
    pub async fn pause(&mut self, fault: RequestError) -> Result<(), RequestError> {
        self.tries += 1;
        let pause = pause(&self.patience, self.tries, fault.retry_after());
        let is_late = Instant::now() + pause >= self.until;
        if !fault.is_worth_another_try() || self.tries >= self.patience.tries || is_late {
            return Err(fault);
        }
        tokio::time::sleep(pause).await;
        Ok(())
    }
}

/// How long to wait after so many tries: what the server asks for, else twice as long each time, a random part
/// of it less so that many do not come back together.
fn pause(patience: &Patience, tries: u32, asked: Option<Duration>) -> Duration {
    let doubled = 2_u32.saturating_pow(tries.saturating_sub(1));
    let whole = patience.first_pause.saturating_mul(doubled).min(patience.longest_pause);
    let jittered = whole.mul_f64(0.5 + random() / 2.0);
    asked.map_or(jittered, |asked| asked.max(jittered)).min(patience.longest_pause)
}

/// From 0 to 1.
fn random() -> f64 {
    let mut byte = [0_u8];
    // Without entropy everybody waits equally long.
    let _ = getrandom::fill(&mut byte);
    f64::from(byte[0]) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, StatusCode};

    #[test]
    fn pauses_double_up_to_the_longest() {
        let patience = Patience::default();
        for (tries, longest) in
            [(1, 250), (2, 500), (5, 4000), (7, 16_000), (8, 20_000), (99, 20_000)]
        {
            let longest = Duration::from_millis(longest);
            let pause = pause(&patience, tries, None);
            assert!(pause <= longest && pause >= longest / 2, "{tries}: {pause:?}");
        }
        let asked = |seconds| pause(&patience, 1, Some(Duration::from_secs(seconds)));
        assert_eq!(asked(7), Duration::from_secs(7));
        assert_eq!(asked(86_400), patience.longest_pause);
    }

    #[tokio::test(start_paused = true)]
    async fn tries_end_by_number_and_by_time() {
        let patience = Patience { tries: 3, ..Patience::default() };
        let mut retry = Retry::new(patience, Duration::from_mins(1));
        assert_eq!(retry.pause(RequestError::Cut).await, Ok(()));
        assert_eq!(retry.pause(RequestError::Cut).await, Ok(()));
        assert_eq!(retry.pause(RequestError::Cut).await, Err(RequestError::Cut));
        let mut late = Retry::new(patience, Duration::from_millis(100));
        assert_eq!(late.pause(RequestError::Cut).await, Err(RequestError::Cut));
        let mut mended = Retry::new(patience, Duration::from_mins(1));
        assert_eq!(mended.pause(RequestError::LinkLocal).await, Err(RequestError::LinkLocal));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_names_a_time_is_left_alone_so_long() {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", "5".parse().expect("a value"));
        let busy = crate::s3::error::Refusal::new(StatusCode::SERVICE_UNAVAILABLE, &headers, b"");
        let before = Instant::now();
        let mut retry = Retry::new(Patience::default(), Duration::from_mins(1));
        assert_eq!(retry.pause(RequestError::Refused(busy)).await, Ok(()));
        assert!(before.elapsed() >= Duration::from_secs(5));
    }
}
