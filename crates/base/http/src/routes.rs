/// Who may call a route. Every API crate lists its routes as constants; a test over the composed router fails
/// for any route that no rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteRule {
    /// HTTP method, upper case; `*` for any.
    pub method: &'static str,
    /// Path pattern as mounted.
    pub path: &'static str,
    /// In words: what proves the caller, and what is checked before anything is read or written.
    pub auth: &'static str,
}

/// Rules whose `auth` is empty: a route nobody has decided about.
#[must_use]
pub fn routes_without_rule<'a>(
    rules: impl IntoIterator<Item = &'a RouteRule>,
) -> Vec<&'a RouteRule> {
    rules
        .into_iter()
        .filter(|rule| rule.auth.trim().is_empty())
        .collect()
}
