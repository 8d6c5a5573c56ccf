use std::{future::Future, pin::Pin};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Stages to stop, last added first.
#[derive(Default)]
pub struct Shutdown {
    stages: Vec<(&'static str, Stop)>,
}

impl std::fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.stages.iter().map(|(name, _)| name))
            .finish()
    }
}

impl Shutdown {
    /// Adds a stage; `stop` runs when its turn comes and ends when the stage has drained.
    pub fn add(&mut self, name: &'static str, stop: impl Future<Output = ()> + Send + 'static) {
        self.stages.push((name, Box::pin(stop)));
    }

    /// Stops everything in reverse order of [`Shutdown::add`].
    pub async fn run(mut self) {
        while let Some((name, stop)) = self.stages.pop() {
            stop.await;
            tracing::debug!(stage = name, "stopped");
        }
    }
}

/// A token that is cancelled at SIGINT or SIGTERM.
///
/// # Errors
/// When the operating system refuses the signal handlers.
pub fn stop_on_signal() -> std::io::Result<CancellationToken> {
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        cancelled.cancel();
    });
    Ok(token)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test]
    async fn stages_stop_in_reverse_order() {
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut shutdown = Shutdown::default();
        for name in ["journal", "lake", "http"] {
            let order = Arc::clone(&order);
            shutdown.add(name, async move { order.lock().unwrap().push(name) });
        }
        shutdown.run().await;
        assert_eq!(*order.lock().unwrap(), ["http", "lake", "journal"]);
    }
}
