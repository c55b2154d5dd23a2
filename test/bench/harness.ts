/** What all benches share: statistics, the table with aims, and the last line that a script can read. */
import * as os from 'node:os';

/** A figure that a bench reports. */
export interface Figure {
	/** What a person reads in the table. */
	readonly label: string;
	/** Key in the JSON line. */
	readonly key: string;
	/** undefined: could not be measured, which is a reason to fail. */
	readonly value: number | undefined;
	/** For example `ms`; empty for a plain number or a ratio. */
	readonly unit: string;
	/** The figure should be at most (or at least) this; undefined for a figure that is only reported. */
	readonly aim?: { readonly type: 'at-most' | 'at-least'; readonly value: number };
	/** How many measurements stand behind the value. */
	readonly samples?: number;
}

export interface Report {
	/** Name of the bench, as in `npm run bench:NAME`. */
	readonly name: string;
	/** What was measured on what, one line each; printed above the table. */
	readonly notes: readonly string[];
	readonly figures: readonly Figure[];
	/** More for the JSON line, such as lists; printed nowhere else. */
	readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The value below which the share `fraction` (0 to 1) of the samples lies, interpolated linearly between the two
 * nearest. undefined for no samples.
 */
export function percentile(samples: readonly number[], fraction: number): number | undefined {
	const sorted = [...samples].sort((one, other) => one - other);
	const place = (sorted.length - 1) * Math.min(1, Math.max(0, fraction));
	const below = sorted[Math.floor(place)];
	const above = sorted[Math.ceil(place)];
	return below === undefined || above === undefined ? undefined : below + (above - below) * (place % 1);
}

export function median(samples: readonly number[]): number | undefined {
	return percentile(samples, 0.5);
}

/** Whether the aim is met; undefined where there is no aim. A figure that is missing misses its aim. */
export function meetsAim(figure: Figure): boolean | undefined {
	if (figure.aim === undefined) {
		return undefined;
	}
	if (figure.value === undefined || !Number.isFinite(figure.value)) {
		return false;
	}
	return figure.aim.type === 'at-most' ? figure.value <= figure.aim.value : figure.value >= figure.aim.value;
}

/** The table and, as its last line, the JSON: `{"bench": NAME, ...figures, "missed": [keys], ...details}`. */
export function render(report: Report): string {
	const rows = report.figures.map((figure) => [
		figure.label,
		`${format(figure.value)} ${figure.value === undefined ? '' : figure.unit}`.trim(),
		figure.aim === undefined
			? ''
			: `${figure.aim.type === 'at-most' ? '≤' : '≥'} ${figure.aim.value} ${figure.unit}`.trim(),
		verdict(figure),
		figure.samples === undefined ? '' : `n = ${figure.samples}`,
	]);
	const table = columns([['figure', 'measured', 'aim', '', ''], ...rows]);
	return [`bench:${report.name}`, ...report.notes, '', ...table, '', jsonLine(report)].join('\n');
}

/**
 * Prints the report. A missed aim leaves the exit code alone, since machines differ; a figure that could not be
 * measured sets it to 1.
 */
export function publish(report: Report): void {
	console.log(render(report));
	if (report.figures.some((figure) => figure.value === undefined || !Number.isFinite(figure.value))) {
		process.exitCode = 1;
	}
}

/** The machine, for the notes: figures mean nothing without it. */
export function machine(): string {
	const cores = os.availableParallelism();
	return `${os.cpus()[0]?.model ?? 'unknown processor'}, ${cores} cores, Node ${process.version}, ${process.platform}-${process.arch}`;
}

/** How often to measure: `BENCH_ROUNDS` for a quick look, else the bench's own number. */
export function rounds(usual: number): number {
	const asked = Number(process.env['BENCH_ROUNDS']);
	return Number.isSafeInteger(asked) && asked > 0 ? asked : usual;
}

function jsonLine(report: Report): string {
	const figures = Object.fromEntries(report.figures.map((figure) => [figure.key, rounded(figure.value)]));
	const missed = report.figures.filter((figure) => meetsAim(figure) === false).map((figure) => figure.key);
	return JSON.stringify({ bench: report.name, ...figures, missed, ...report.details });
}

/** JSON has no undefined and no infinity: both become null. */
function rounded(value: number | undefined): number | null {
	return value === undefined || !Number.isFinite(value) ? null : Math.round(value * 1000) / 1000;
}

function verdict(figure: Figure): string {
	switch (meetsAim(figure)) {
		case true:
			return 'pass';
		case false:
			return 'FAIL';
		default:
			return '';
	}
}

function format(value: number | undefined): string {
	if (value === undefined || !Number.isFinite(value)) {
		return 'not measured';
	}
	if (Number.isInteger(value)) {
		return String(value);
	}
	return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

/** Rows of cells as lines whose columns stand below each other. */
export function columns(rows: readonly (readonly string[])[]): string[] {
	const widths: number[] = [];
	for (const row of rows) {
		for (const [index, cell] of row.entries()) {
			widths[index] = Math.max(widths[index] ?? 0, cell.length);
		}
	}
	return rows.map((row) =>
		row
			.map((cell, index) => cell.padEnd(widths[index] ?? 0))
			.join('  ')
			.trimEnd(),
	);
}
