//! What a document costs, before it is validated.
//!
//! Validation walks fragments as often as they are spread, so a few lines of fragments could take for ever; here
//! every fragment is measured once and the expanded size is added up from that.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

use crate::error::{Code, GraphError};

/// Longest chain of selections and fragments inside each other; validation and execution recurse along it.
pub(crate) const CHAIN_MAX: usize = 40;
/// GraphiQL's introspection query is 14 deep with about 250 selections when expanded.
const INTROSPECTION_DEPTH_MAX: usize = 20;
const SELECTIONS_MAX: usize = 600;
/// `fields`, `inputFields`, `interfaces` and `possibleTypes` inside each other multiply the answer; tools use one.
const INTROSPECTION_LISTS_MAX: usize = 2;

/// Size of a selection set with all its fragments expanded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Cost {
    /// Data fields.
    fields: usize,
    /// Nesting of data fields.
    depth: usize,
    /// All selections: fields, introspection fields, spreads.
    selections: usize,
    introspection_depth: usize,
    introspection_lists: usize,
    /// Nesting of everything, fragments too.
    chain: usize,
}

impl Cost {
    fn beside(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            depth: self.depth.max(other.depth),
            selections: self.selections.saturating_add(other.selections),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            introspection_lists: self.introspection_lists.max(other.introspection_lists),
            chain: self.chain.max(other.chain),
        }
    }
}

/// Checks every operation of a document.
///
/// # Errors
/// `COMPLEXITY_LIMIT_EXCEEDED` naming the limit; `GRAPHQL_VALIDATION_FAILED` for fragments that spread themselves.
pub(crate) fn check(
    document: &ExecutableDocument,
    complexity_max: usize,
    depth_max: usize,
) -> Result<(), GraphError> {
    let mut walk = Walk {
        document,
        known: HashMap::new(),
    };
    // Unused fragments are walked too: validation looks at them.
    for name in document.fragments.keys() {
        walk.fragment(name.as_str(), 0)?;
    }
    for (_, operation) in document.operations.iter() {
        let cost = walk.set(&operation.node.selection_set.node, 0, false)?;
        let over = |what: &str, value: usize, limit: usize| {
            let message =
                format!("operation has {what} {value}, which exceeds the limit of {limit}");
            Err(GraphError::new(Code::TooComplex, message).at(operation.pos))
        };
        if cost.fields > complexity_max {
            return over("complexity", cost.fields, complexity_max);
        }
        if cost.depth > depth_max {
            return over("depth", cost.depth, depth_max);
        }
        if cost.selections > SELECTIONS_MAX.max(complexity_max.saturating_mul(4)) {
            return over(
                "expanded selections",
                cost.selections,
                SELECTIONS_MAX.max(complexity_max.saturating_mul(4)),
            );
        }
        if cost.introspection_depth > INTROSPECTION_DEPTH_MAX {
            return over(
                "introspection depth",
                cost.introspection_depth,
                INTROSPECTION_DEPTH_MAX,
            );
        }
        if cost.introspection_lists > INTROSPECTION_LISTS_MAX {
            return over(
                "nested introspection lists",
                cost.introspection_lists,
                INTROSPECTION_LISTS_MAX,
            );
        }
    }
    Ok(())
}

struct Walk<'d> {
    document: &'d ExecutableDocument,
    /// Cost of each fragment inside and outside introspection; `None` while it is being measured.
    known: HashMap<(&'d str, bool), Option<Cost>>,
}

impl<'d> Walk<'d> {
    fn fragment(&mut self, name: &'d str, chain: usize) -> Result<(), GraphError> {
        self.spread(name, chain, false).map(drop)
    }

    fn spread(
        &mut self,
        name: &'d str,
        chain: usize,
        introspection: bool,
    ) -> Result<Cost, GraphError> {
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Cost::default()); // validation names it
        };
        match self.known.get(&(name, introspection)) {
            Some(Some(cost)) => return Ok(*cost),
            Some(None) => {
                let message = format!("Cannot spread fragment \"{name}\" within itself");
                return Err(GraphError::new(Code::ValidationFailed, message).at(fragment.pos));
            }
            None => {}
        }
        self.known.insert((name, introspection), None);
        let cost = self.set(&fragment.node.selection_set.node, chain + 1, introspection)?;
        self.known.insert((name, introspection), Some(cost));
        Ok(cost)
    }

    fn set(
        &mut self,
        set: &'d SelectionSet,
        chain: usize,
        introspection: bool,
    ) -> Result<Cost, GraphError> {
        let too_long = || {
            let message = format!("selections and fragments nest deeper than {CHAIN_MAX}");
            Err(GraphError::new(Code::TooComplex, message))
        };
        if chain > CHAIN_MAX {
            return too_long();
        }
        let mut total = Cost::default();
        for item in &set.items {
            let mut cost = match &item.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    let introspection = introspection || matches!(name, "__schema" | "__type");
                    let mut cost =
                        self.set(&field.node.selection_set.node, chain + 1, introspection)?;
                    if introspection {
                        cost.introspection_depth += 1;
                        let list = matches!(
                            name,
                            "fields" | "inputFields" | "interfaces" | "possibleTypes"
                        );
                        cost.introspection_lists += usize::from(list);
                    } else {
                        cost.fields = cost.fields.saturating_add(1);
                        cost.depth += 1;
                    }
                    cost
                }
                Selection::FragmentSpread(spread) => self.spread(
                    spread.node.fragment_name.node.as_str(),
                    chain,
                    introspection,
                )?,
                Selection::InlineFragment(inline) => {
                    self.set(&inline.node.selection_set.node, chain + 1, introspection)?
                }
            };
            cost.selections = cost.selections.saturating_add(1);
            cost.chain += 1;
            if cost.chain > CHAIN_MAX {
                return too_long();
            }
            total = total.beside(cost);
        }
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn checked(query: &str) -> Result<(), GraphError> {
        check(&parse_query(query).unwrap(), 100, 10)
    }

    fn refusal(query: &str) -> String {
        let error = checked(query).unwrap_err();
        format!("{} {}", error.code.text(), error.message)
    }

    #[test]
    fn a_hundred_fields_pass_and_one_more_does_not() {
        let fields = |n: usize| format!("{{ q {{ {} }} }}", "a ".repeat(n - 1));
        assert!(checked(&fields(100)).is_ok());
        assert_eq!(
            refusal(&fields(101)),
            "COMPLEXITY_LIMIT_EXCEEDED operation has complexity 101, which exceeds the limit of 100"
        );
    }

    #[test]
    fn fragments_count_as_often_as_they_are_spread() {
        assert!(checked("{ ...f ...f } fragment f on Query { a b }").is_ok());
        let many = format!(
            "{{ {} }} fragment f on Query {{ a b c }}",
            "...f ".repeat(34)
        );
        assert!(refusal(&many).contains("complexity 102"));
    }

    #[test]
    fn exponential_fragments_are_measured_without_expanding_them() {
        let mut bomb = "{ ...f0 }".to_owned();
        for i in 0..30 {
            bomb.push_str(&format!(
                " fragment f{i} on Query {{ ...f{} ...f{} }}",
                i + 1,
                i + 1
            ));
        }
        assert!(
            refusal(&bomb).contains("expanded selections"),
            "leaf fragment missing"
        );
        bomb.push_str(" fragment f30 on Query { a }");
        assert!(refusal(&bomb).contains("complexity"));
    }

    #[test]
    fn cycles_and_long_chains_are_refused_wherever_they_are() {
        assert!(
            refusal("{ ...a } fragment a on Query { x { ...b } } fragment b on Query { ...a }")
                .contains("within itself")
        );
        assert!(refusal("{ x } fragment unused on Query { ...unused }").contains("within itself"));
        let mut chain = "{ ...f0 }".to_owned();
        for i in 0..100 {
            chain.push_str(&format!(" fragment f{i} on Query {{ ...f{} }}", i + 1));
        }
        assert!(refusal(&chain).contains("nest deeper than 40"));
    }

    #[test]
    fn depth_has_a_limit_of_its_own() {
        let deep = |n: usize| format!("{}a{}", "{ a".repeat(n - 1) + "{", "}".repeat(n));
        assert!(checked(&deep(10)).is_ok());
        assert!(refusal(&deep(11)).contains("depth 11"));
    }

    #[test]
    fn introspection_is_free_of_complexity_but_bounded() {
        let tool = "{ __schema { types { name fields { name args { type { ofType { ofType { ofType { name } } } } } } inputFields { name } } } }";
        assert!(checked(tool).is_ok());
        let nested =
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
        assert!(refusal(nested).contains("nested introspection lists"));
        let wide = format!(
            "{{ {} }}",
            (0..400)
                .map(|i| format!("a{i}: __schema {{ types {{ name }} }} "))
                .collect::<String>()
        );
        assert!(refusal(&wide).contains("expanded selections"));
    }
}
