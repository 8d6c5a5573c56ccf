use std::{collections::HashMap, convert::Infallible};

use async_graphql::{
    Pos, Positioned, Value as Const,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection,
        SelectionSet,
    },
};

use crate::{
    arguments::Arguments,
    error::{Code, GraphError},
};

/// The operation that is executed, with its fragments and variables.
#[derive(Debug)]
pub(crate) struct Scope<'d> {
    pub(crate) document: &'d ExecutableDocument,
    pub(crate) operation: &'d OperationDefinition,
    /// Values of all declared variables that have one.
    pub(crate) variables: HashMap<&'d str, Const>,
}

impl<'d> Scope<'d> {
    /// Chooses the operation and binds its variables.
    pub(crate) fn new(
        document: &'d ExecutableDocument,
        operation_name: Option<&str>,
        given: &async_graphql::Variables,
    ) -> Result<Self, GraphError> {
        let operation = choose(document, operation_name).ok_or_else(|| {
            GraphError::new(
                Code::ValidationFailed,
                "unknown or ambiguous operation name",
            )
        })?;
        let mut variables = HashMap::new();
        for definition in &operation.node.variable_definitions {
            let name = definition.node.name.node.as_str();
            let value = given.get(&definition.node.name.node).cloned();
            match value.or_else(|| {
                definition
                    .node
                    .default_value
                    .as_ref()
                    .map(|default| default.node.clone())
            }) {
                Some(value) => {
                    if matches!(value, Const::Null) && !definition.node.var_type.node.nullable {
                        return Err(unbound(name, definition.pos));
                    }
                    variables.insert(name, value);
                }
                None if definition.node.var_type.node.nullable => {}
                None => return Err(unbound(name, definition.pos)),
            }
        }
        Ok(Self {
            document,
            operation: &operation.node,
            variables,
        })
    }

    /// Value of a variable; one that was not given counts as null.
    fn variable(&self, name: &str) -> Const {
        self.variables.get(name).cloned().unwrap_or_default()
    }

    /// Root fields of the operation.
    pub(crate) fn roots(&self) -> Result<Vec<Selected<'d>>, GraphError> {
        collect(self, &[&self.operation.selection_set.node])
    }
}

fn choose<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Option<&'d Positioned<OperationDefinition>> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(all), Some(name)) => all.get(name),
        (DocumentOperations::Multiple(all), None) if all.len() == 1 => all.values().next(),
        (DocumentOperations::Multiple(_), None) => None,
    }
}

fn unbound(name: &str, pos: Pos) -> GraphError {
    GraphError::new(
        Code::ValidationFailed,
        format!("Variable \"${name}\" must be given and not null"),
    )
    .at(pos)
}

/// A field of the answer: all selections with the same response key, merged.
#[derive(Debug)]
pub(crate) struct Selected<'d> {
    pub(crate) key: &'d str,
    pub(crate) field: &'d Field,
    pub(crate) pos: Pos,
    pub(crate) children: Vec<Selected<'d>>,
}

impl<'d> Selected<'d> {
    pub(crate) fn name(&self) -> &'d str {
        self.field.name.node.as_str()
    }

    /// The field's arguments with variables filled in.
    pub(crate) fn arguments(&self, scope: &Scope<'_>) -> Arguments {
        let arguments = self.field.arguments.iter();
        let values = arguments.map(|(name, value)| {
            let value = value
                .node
                .clone()
                .into_const_with(|variable| Ok::<_, Infallible>(scope.variable(&variable)));
            (name.node.to_string(), value.unwrap_or_default())
        });
        Arguments::new(values.collect(), self.key, self.pos)
    }

    /// An error of this root field.
    pub(crate) fn error(&self, code: Code, message: impl Into<String>) -> GraphError {
        GraphError::new(code, message)
            .at(self.pos)
            .under(&[self.key])
    }
}

/// Merges the selections of one object, fragments expanded, in the order in which keys first appear.
fn collect<'d>(
    scope: &Scope<'d>,
    sets: &[&'d SelectionSet],
) -> Result<Vec<Selected<'d>>, GraphError> {
    let mut found: Vec<(&'d str, Vec<&'d Positioned<Field>>)> = Vec::new();
    for set in sets {
        gather(scope, set, &mut found)?;
    }
    found
        .into_iter()
        .map(|(key, fields)| {
            let sets: Vec<&SelectionSet> = fields
                .iter()
                .map(|field| &field.node.selection_set.node)
                .collect();
            let (field, pos) = (&fields[0].node, fields[0].pos);
            Ok(Selected {
                key,
                field,
                pos,
                children: collect(scope, &sets)?,
            })
        })
        .collect()
}

fn gather<'d>(
    scope: &Scope<'d>,
    set: &'d SelectionSet,
    found: &mut Vec<(&'d str, Vec<&'d Positioned<Field>>)>,
) -> Result<(), GraphError> {
    for item in &set.items {
        if is_left_out(scope, item.node.directives()) {
            continue;
        }
        match &item.node {
            Selection::Field(field) => add(field, found)?,
            // Objects of this schema implement nothing, so a fragment that validation let pass always applies.
            Selection::InlineFragment(inline) => {
                gather(scope, &inline.node.selection_set.node, found)?
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = scope
                    .document
                    .fragments
                    .get(&spread.node.fragment_name.node)
                {
                    gather(scope, &fragment.node.selection_set.node, found)?;
                }
            }
        }
    }
    Ok(())
}

/// Fields under one key must be the same field with the same arguments; validation compares only within one
/// selection set.
fn add<'d>(
    field: &'d Positioned<Field>,
    found: &mut Vec<(&'d str, Vec<&'d Positioned<Field>>)>,
) -> Result<(), GraphError> {
    let key = field.node.response_key().node.as_str();
    let Some((_, same)) = found.iter_mut().find(|(known, _)| *known == key) else {
        found.push((key, vec![field]));
        return Ok(());
    };
    let first = &same[0].node;
    let arguments_agree = first.arguments.len() == field.node.arguments.len()
        && first.arguments.iter().all(|(name, value)| {
            field
                .node
                .get_argument(&name.node)
                .is_some_and(|other| other.node == value.node)
        });
    if first.name.node != field.node.name.node || !arguments_agree {
        let message = format!("Fields \"{key}\" conflict; use different aliases to fetch both");
        return Err(GraphError::new(Code::ValidationFailed, message).at(field.pos));
    }
    same.push(field);
    Ok(())
}

fn is_left_out(scope: &Scope<'_>, directives: &[Positioned<Directive>]) -> bool {
    directives.iter().any(|directive| {
        let leaves_out_when = match directive.node.name.node.as_str() {
            "skip" => true,
            "include" => false,
            _ => return false,
        };
        let condition = directive.node.get_argument("if").map(|value| {
            value
                .node
                .clone()
                .into_const_with(|variable| Ok::<_, Infallible>(scope.variable(&variable)))
        });
        condition == Some(Ok(Const::Boolean(leaves_out_when)))
    })
}
