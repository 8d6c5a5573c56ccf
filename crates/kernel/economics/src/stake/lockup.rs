use milepost_types::{U256, Wei};

use crate::{FunctionClass, Key, ParameterSource, amount};

/// Lock-up of operators and brokers over units: linear through four points, beyond the last along the last segment
/// (D5-46).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockUpCurve {
    least: Wei,
    points: [(u64, U256); 4],
}

/// Factor of a functionality class, in bps (D5-47).
#[must_use]
pub fn class_factor(p: &dyn ParameterSource, class: FunctionClass) -> u64 {
    p.number(match class {
        FunctionClass::Aggregate => Key::StakeClassBps0,
        FunctionClass::NonLocation => Key::StakeClassBps1,
        FunctionClass::Location => Key::StakeClassBps2,
        FunctionClass::Raw => Key::StakeClassBps3,
        FunctionClass::Comfort => Key::StakeClassBps4,
        FunctionClass::Lock => Key::StakeClassBps5,
        FunctionClass::Drive => Key::StakeClassBps6,
    })
}

impl LockUpCurve {
    /// The curve of a set of parameters.
    #[must_use]
    pub fn of(p: &dyn ParameterSource) -> Self {
        Self {
            least: p.wei(Key::StakeCurveMin),
            points: [
                (0, p.get(Key::StakeCurveY0)),
                (p.number(Key::StakeCurveX1), p.get(Key::StakeCurveY1)),
                (p.number(Key::StakeCurveX2), p.get(Key::StakeCurveY2)),
                (p.number(Key::StakeCurveX3), p.get(Key::StakeCurveY3)),
            ],
        }
    }

    /// The curve alone, without class and least amount.
    #[must_use]
    pub fn at(&self, units: u64) -> Wei {
        let segment =
            usize::from(units >= self.points[1].0) + usize::from(units >= self.points[2].0);
        let ((x, y), (x_next, y_next)) = (self.points[segment], self.points[segment + 1]);
        Wei(y + amount::mul_div(y_next - y, U256::from(units - x), U256::from(x_next - x)))
    }

    /// `max(least, floor(curve(units) × class_bps / 10,000))`.
    #[must_use]
    pub fn lock_up(&self, units: u64, class_bps: u64) -> Wei {
        self.least
            .max(Wei(amount::bps_of(self.at(units).0, U256::from(class_bps))))
    }
}
