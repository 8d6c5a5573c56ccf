//! A token bucket per device.

use milepost_types::{Did, Timestamp};
use parking_lot::Mutex;

use crate::{IngestSettings, generations::Generations};

/// Bounded: when more devices than remembered send, the least recently seen start afresh with a full bucket.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    per_sec: f64,
    burst: f64,
    buckets: Mutex<Generations<Did, Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl RateLimiter {
    /// `None` when the settings set no limit.
    pub(crate) fn new(settings: &IngestSettings) -> Option<Self> {
        (settings.device_events_per_sec > 0.0).then(|| Self {
            per_sec: settings.device_events_per_sec,
            burst: settings.device_burst,
            buckets: Mutex::new(Generations::new(settings.rate_devices_max)),
        })
    }

    /// Takes one token, or says after how many seconds there is one.
    pub(crate) fn take(&self, device: Did, now: Timestamp) -> Result<(), u32> {
        let mut buckets = self.buckets.lock();
        let bucket = buckets.entry(device, || Bucket {
            tokens: self.burst,
            at: now,
        });
        // The wall clock may step back; that earns nothing.
        let micros = (now.as_micros() - bucket.at.as_micros()).max(0);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a span of time, exact to microseconds for 285 years"
        )]
        let earned = micros as f64 / 1e6 * self.per_sec;
        bucket.tokens = (bucket.tokens + earned).min(self.burst);
        bucket.at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        let wait = ((1.0 - bucket.tokens) / self.per_sec)
            .ceil()
            .clamp(1.0, 3600.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 1..=3600"
        )]
        Err(wait as u32)
    }
}

#[cfg(test)]
mod tests {
    use milepost_types::{Address, ChainId, U256};

    use super::*;

    #[test]
    fn a_device_gets_its_burst_and_then_its_rate() {
        let settings = IngestSettings {
            device_events_per_sec: 2.0,
            device_burst: 3.0,
            ..IngestSettings::default()
        };
        let limiter = RateLimiter::new(&settings).unwrap();
        let device = |n: u64| Did::erc721(ChainId(1), Address::ZERO, U256::from(n));
        let now = Timestamp::from_secs_saturating(1000);
        for _ in 0..3 {
            assert_eq!(limiter.take(device(1), now), Ok(()));
        }
        assert_eq!(limiter.take(device(1), now), Err(1));
        assert_eq!(
            limiter.take(device(2), now),
            Ok(()),
            "each device has its own"
        );
        let back = now.saturating_add_micros(-5_000_000);
        assert_eq!(
            limiter.take(device(1), back),
            Err(1),
            "a clock that steps back earns nothing"
        );
        assert_eq!(
            limiter.take(device(1), back.saturating_add_micros(500_000)),
            Ok(())
        );
        assert!(RateLimiter::new(&IngestSettings::default()).is_none());
    }
}
