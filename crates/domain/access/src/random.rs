use rand::{Rng as _, distr::Alphanumeric};

/// `length` random letters and digits, 5.95 bits each.
pub(crate) fn alphanumeric(length: usize) -> String {
    rand::rng()
        .sample_iter(Alphanumeric)
        .take(length)
        .map(char::from)
        .collect()
}
