//! Charts as inline SVG: stacked areas and lines over months, with round ticks, a legend, a tooltip for each month
//! without any script, and colours that follow the page's light or dark scheme.
//!
//! Floating point appears here only, to place marks; every printed number comes from integers.

use super::{
    axis::{self, Axis},
    table::{Table, escape, write_to},
};

/// Values over the months of one named thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// One value a month, in the chart's unit.
    pub values: Vec<f64>,
}

/// How the series are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Each series is a line.
    Lines,
    /// Series add up.
    Stacked,
}

/// A chart with all that a page needs of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Unique in a page: letters, digits and hyphens.
    pub id: &'static str,
    /// Heading.
    pub title: String,
    /// One or two sentences for who cannot see it.
    pub description: String,
    /// Unit of the values, for the axis title.
    pub unit: String,
    /// Lines or areas.
    pub form: Form,
    /// Month (from 0) from which the axis covers the data of lines; what lies above it before is not drawn.
    pub axis_from: usize,
    /// At most seven.
    pub series: Vec<Series>,
    /// The unchanged profile: for lines one for each of `series`, for areas their total. Empty without comparison.
    pub today: Vec<Series>,
    /// The yearly figures, shown beside the chart.
    pub table: Table,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 44.0;

impl Chart {
    fn months(&self) -> usize {
        self.series
            .iter()
            .map(|s| s.values.len())
            .max()
            .unwrap_or(0)
    }

    /// Running totals: what lies below the top edge of each area.
    fn edges(&self) -> Vec<Vec<f64>> {
        let mut below = vec![0.0; self.months()];
        self.series
            .iter()
            .map(|series| {
                for (sum, value) in below.iter_mut().zip(&series.values) {
                    *sum += value;
                }
                below.clone()
            })
            .collect()
    }

    fn data_max(&self) -> f64 {
        let covered = |series: &[Series]| -> Vec<f64> {
            series
                .iter()
                .flat_map(|s| s.values.iter().skip(self.axis_from).copied())
                .collect()
        };
        let drawn = match self.form {
            Form::Stacked => self.edges().pop().unwrap_or_default(),
            Form::Lines => covered(&self.series),
        };
        drawn
            .into_iter()
            .chain(covered(&self.today))
            .fold(0.0, f64::max)
    }

    /// The drawing alone, with its title and description.
    #[must_use]
    pub fn svg(&self) -> String {
        let axis = axis::linear(self.data_max());
        let mut out = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" \
             xmlns=\"http://www.w3.org/2000/svg\">\n<title id=\"{id}-t\">{title}</title>\n\
             <desc id=\"{id}-d\">{description}</desc>\n",
            id = self.id,
            title = escape(&self.title),
            description = escape(&self.description),
        );
        self.grid(&mut out, &axis);
        match self.form {
            Form::Stacked => self.areas(&mut out, &axis),
            Form::Lines => self.lines(&mut out, &axis),
        }
        self.tooltips(&mut out);
        out.push_str("</svg>\n");
        out
    }

    /// Names of the colours and dashes, as a list beside the drawing so that it wraps and never covers data.
    #[must_use]
    pub fn legend(&self) -> String {
        let mut out = String::from("<ul class=\"legend\">");
        let item = |out: &mut String, mark: String, name: &str| {
            write_to(
                out,
                format_args!(
                    "<li><svg viewBox=\"0 0 22 12\" width=\"22\" height=\"12\" aria-hidden=\"true\">{mark}</svg>{}</li>",
                    escape(name)
                ),
            );
        };
        for (index, series) in self.series.iter().enumerate() {
            let mark = match self.form {
                Form::Stacked => format!(
                    "<rect class=\"f{index}\" x=\"4\" y=\"0\" width=\"14\" height=\"12\" rx=\"2\"/>"
                ),
                Form::Lines => format!("<path class=\"l s{index}\" d=\"M1 6H21\"/>"),
            };
            item(&mut out, mark, &series.name);
        }
        for (index, series) in self.today.iter().enumerate() {
            let mark = format!(
                "<path class=\"{} dash\" d=\"M1 6H21\"/>",
                self.today_class(index)
            );
            item(&mut out, mark, &series.name);
        }
        out.push_str("</ul>\n");
        out
    }

    fn today_class(&self, index: usize) -> String {
        match self.form {
            Form::Lines => format!("l s{index}"),
            Form::Stacked => "l ink".to_owned(),
        }
    }

    fn grid(&self, out: &mut String, axis: &Axis) {
        let scale = if axis.scale.is_empty() {
            self.unit.clone()
        } else {
            format!("{} {}", axis.scale, self.unit)
        };
        let scale = scale.trim().to_owned();
        write_to(
            out,
            format_args!(
                "<text class=\"unit\" x=\"{}\" y=\"16\">{}</text>\n",
                4,
                escape(&scale)
            ),
        );
        for (value, label) in &axis.ticks {
            let y = place_y(*value, axis);
            let class = if *value == 0.0 { "zero" } else { "grid" };
            write_to(
                out,
                format_args!(
                    "<path class=\"{class}\" d=\"M{LEFT} {y:.1}H{:.1}\"/><text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>\n",
                    WIDTH - RIGHT,
                    LEFT - 7.0,
                    y + 4.0
                ),
            );
        }
        for month in axis::months(self.months()) {
            let x = self.place_x(month - 1);
            let base = HEIGHT - BOTTOM;
            write_to(
                out,
                format_args!(
                    "<path class=\"zero\" d=\"M{x:.1} {base:.1}v4\"/><text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{month}</text>\n",
                    base + 18.0
                ),
            );
        }
        write_to(
            out,
            format_args!(
                "<text class=\"unit\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">month</text>\n",
                f64::midpoint(LEFT, WIDTH - RIGHT),
                HEIGHT - 6.0
            ),
        );
    }

    fn areas(&self, out: &mut String, axis: &Axis) {
        let edges = self.edges();
        let mut below: Vec<f64> = vec![0.0; self.months()];
        for (index, edge) in edges.iter().enumerate() {
            let mut path = self.path(edge, axis);
            for (month, value) in below.iter().enumerate().rev() {
                write_to(
                    &mut path,
                    format_args!("L{:.1} {:.1}", self.place_x(month), place_y(*value, axis)),
                );
            }
            // A layer that never has a width would still draw its outline.
            if edge != &below {
                write_to(
                    out,
                    format_args!("<path class=\"a f{index}\" d=\"{path}Z\"/>\n"),
                );
            }
            below.clone_from(edge);
        }
        self.dashes(out, axis);
    }

    fn lines(&self, out: &mut String, axis: &Axis) {
        for (index, series) in self.series.iter().enumerate() {
            write_to(
                out,
                format_args!(
                    "<path class=\"l s{index}\" d=\"{}\"/>\n",
                    self.path(&series.values, axis)
                ),
            );
        }
        self.dashes(out, axis);
    }

    fn dashes(&self, out: &mut String, axis: &Axis) {
        for (index, series) in self.today.iter().enumerate() {
            write_to(
                out,
                format_args!(
                    "<path class=\"{} dash\" d=\"{}\"/>\n",
                    self.today_class(index),
                    self.path(&series.values, axis)
                ),
            );
        }
    }

    fn path(&self, values: &[f64], axis: &Axis) -> String {
        let mut path = String::new();
        let above = |(month, value): &(usize, &f64)| *month < self.axis_from && **value > axis.max;
        for (month, value) in values.iter().enumerate().skip_while(above) {
            let command = if path.is_empty() { 'M' } else { 'L' };
            write_to(
                &mut path,
                format_args!(
                    "{command}{:.1} {:.1}",
                    self.place_x(month),
                    place_y(*value, axis)
                ),
            );
        }
        path
    }

    /// An invisible column for each month whose title the browser shows on hover.
    fn tooltips(&self, out: &mut String) {
        let months = self.months();
        let width = (WIDTH - LEFT - RIGHT) / count(months.max(1));
        for month in 0..months {
            let mut text = format!("Month {}", month + 1);
            for series in self.series.iter().chain(&self.today) {
                if let Some(value) = series.values.get(month) {
                    write_to(
                        &mut text,
                        format_args!("\n{}: {} {}", series.name, readable(*value), self.unit),
                    );
                }
            }
            let x = (self.place_x(month) - width / 2.0).max(LEFT);
            write_to(
                out,
                format_args!(
                    "<rect class=\"hit\" x=\"{x:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{:.1}\"><title>{}</title></rect>\n",
                    HEIGHT - TOP - BOTTOM,
                    escape(text.trim_end())
                ),
            );
        }
    }

    fn place_x(&self, month: usize) -> f64 {
        let steps = self.months().saturating_sub(1).max(1);
        LEFT + (WIDTH - LEFT - RIGHT) * count(month) / count(steps)
    }
}

fn place_y(value: f64, axis: &Axis) -> f64 {
    let height = HEIGHT - TOP - BOTTOM;
    TOP + height - height * (value / axis.max).clamp(0.0, 1.0)
}

#[expect(clippy::cast_precision_loss, reason = "months of a run are few")]
const fn count(value: usize) -> f64 {
    value as f64
}

/// Three or more significant digits, thousands separated.
fn readable(value: f64) -> String {
    let text = if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 1.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.4}")
    };
    let (whole, rest) = text
        .split_once('.')
        .map_or((text.as_str(), ""), |(w, r)| (w, r));
    let whole = whole
        .parse::<u128>()
        .map_or_else(|_| whole.to_owned(), super::table::grouped);
    let rest = rest.trim_end_matches('0');
    if rest.is_empty() {
        whole
    } else {
        format!("{whole}.{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(form: Form) -> Chart {
        Chart {
            id: "x",
            title: "Burns & more".into(),
            description: "What is burned.".into(),
            unit: "DIMO".into(),
            form,
            axis_from: 0,
            series: vec![
                Series {
                    name: "App".into(),
                    values: vec![1.0, 2.0, 3.0],
                },
                Series {
                    name: "Device".into(),
                    values: vec![1.0, 1.0, 1.0],
                },
            ],
            today: vec![Series {
                name: "Total today".into(),
                values: vec![4.0, 4.0, 4.0],
            }],
            table: Table::new("x", "x", "DIMO"),
        }
    }

    #[test]
    fn areas_stack_and_stay_inside_the_axis() {
        let chart = chart(Form::Stacked);
        assert_eq!(chart.edges(), [vec![1.0, 2.0, 3.0], vec![2.0, 3.0, 4.0]]);
        let svg = chart.svg();
        assert!(svg.contains("<title id=\"x-t\">Burns &amp; more</title>"));
        assert!(svg.contains("<desc id=\"x-d\">What is burned.</desc>"));
        assert!(svg.contains("class=\"l ink dash\""));
        assert!(svg.contains("Month 2\nApp: 2 DIMO\nDevice: 1 DIMO"));
    }

    #[test]
    fn the_legend_names_every_series_once() {
        for form in [Form::Lines, Form::Stacked] {
            let legend = chart(form).legend();
            for name in ["App", "Device", "Total today"] {
                assert_eq!(legend.matches(&format!("{name}</li>")).count(), 1);
            }
        }
    }

    #[test]
    fn lines_that_start_above_the_axis_begin_where_they_enter_it() {
        let mut chart = chart(Form::Lines);
        chart.today.clear();
        chart.series = vec![Series {
            name: "Falls".into(),
            values: vec![900.0, 90.0, 9.0, 8.0],
        }];
        chart.axis_from = 2;
        let svg = chart.svg();
        let line = svg.split("class=\"l s0\" d=\"").nth(1).unwrap();
        assert_eq!(
            line.split('"').next().unwrap().matches(['M', 'L']).count(),
            2
        );
        assert!(svg.contains("Month 1\nFalls: 900 DIMO"));
    }

    #[test]
    fn an_empty_series_draws_no_outline() {
        let mut chart = chart(Form::Stacked);
        chart.series[1].values = vec![0.0; 3];
        assert!(!chart.svg().contains("class=\"a f1\""));
    }
}
