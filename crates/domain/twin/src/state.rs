use milepost_types::BlockRef;

use crate::{
    indexes::Indexes,
    rows::{Row, Table, Tables, replace},
    value::{RowError, Value},
};

/// The whole index in memory: rows, look-ups, and the block they are true at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct State {
    pub(crate) tables: Tables,
    pub(crate) indexes: Indexes,
    pub(crate) head: Option<BlockRef>,
}

/// One row before and after an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) table: Table,
    pub(crate) key: Vec<Value>,
    pub(crate) old: Option<Vec<Value>>,
    pub(crate) new: Option<Vec<Value>>,
}

impl State {
    /// Puts a stored row back, or removes it.
    pub(crate) fn restore(
        &mut self,
        table: Table,
        key: &[Value],
        row: Option<&[Value]>,
    ) -> Result<(), RowError> {
        self.tables.restore(&mut self.indexes, table, key, row)
    }

    /// Takes back the changes of one block.
    pub(crate) fn undo(
        &mut self,
        changes: &[Change],
        head: Option<BlockRef>,
    ) -> Result<(), RowError> {
        for change in changes.iter().rev() {
            self.restore(change.table, &change.key, change.old.as_deref())?;
        }
        self.head = head;
        Ok(())
    }
}

/// Edits of one block, remembered so that they can be stored and taken back.
#[derive(Debug)]
pub(crate) struct Edit<'a> {
    state: &'a mut State,
    changes: Vec<Change>,
    /// Events about a row that is not there, such as a semantic burn after the NFT's own.
    pub(crate) orphans: u64,
}

impl<'a> Edit<'a> {
    pub(crate) const fn new(state: &'a mut State) -> Self {
        Self {
            state,
            changes: Vec::new(),
            orphans: 0,
        }
    }

    /// Undoes every edit so far.
    pub(crate) fn take_back(&mut self) {
        for change in std::mem::take(&mut self.changes).iter().rev() {
            // The values were stored by this very edit, so they read back.
            if let Err(error) = self
                .state
                .restore(change.table, &change.key, change.old.as_deref())
            {
                tracing::error!(%error, "an edit could not be taken back");
            }
        }
    }

    pub(crate) fn into_changes(self) -> Vec<Change> {
        self.changes
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.state.tables
    }

    pub(crate) fn get<R: Row>(&self, key: &R::Key) -> Option<&R> {
        R::map(&self.state.tables).get(key)
    }

    pub(crate) fn put<R: Row>(&mut self, row: R) {
        self.write(row.key(), Some(row));
    }

    pub(crate) fn delete<R: Row>(&mut self, key: R::Key) {
        self.write::<R>(key, None);
    }

    /// Changes a row that exists; counts an orphan when it does not.
    pub(crate) fn update<R: Row>(&mut self, key: R::Key, change: impl FnOnce(&mut R)) {
        match self.get::<R>(&key).cloned() {
            Some(mut row) => {
                change(&mut row);
                self.write(key, Some(row));
            }
            None => self.orphans += 1,
        }
    }

    /// Changes a row, made by `new` when it does not exist yet.
    pub(crate) fn upsert<R: Row>(
        &mut self,
        key: R::Key,
        new: impl FnOnce() -> R,
        change: impl FnOnce(&mut R),
    ) {
        let mut row = self.get::<R>(&key).cloned().unwrap_or_else(new);
        change(&mut row);
        self.write(key, Some(row));
    }

    fn write<R: Row>(&mut self, key: R::Key, new: Option<R>) {
        let stored_key = R::store_key(&key);
        let stored_new = new.as_ref().map(Row::store);
        let old = replace(&mut self.state.tables, &mut self.state.indexes, key, new)
            .as_ref()
            .map(Row::store);
        if old != stored_new {
            self.changes.push(Change {
                table: R::TABLE,
                key: stored_key,
                old,
                new: stored_new,
            });
        }
    }
}
