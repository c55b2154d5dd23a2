/** A line chart as SVG, readable on light and dark pages: for the figures of models/README.md. */

export interface Line {
	readonly name: string;
	/** x and y, in the order in which they are joined. */
	readonly points: readonly (readonly [number, number])[];
	/** Drawn as dots only. Default: as a line. */
	readonly isDots?: boolean;
}

export interface Chart {
	readonly title: string;
	readonly x: string;
	readonly y: string;
	/** Default: linear. */
	readonly isLogarithmic?: boolean;
	readonly lines: readonly Line[];
}

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 56;
const RIGHT = 16;
const TOP = 40;
const BOTTOM = 48;
/** Told apart by those who see few colours, and on both grounds (Okabe and Ito 2008). */
const COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7'] as const;
const TICKS = 6;

/** @throws Error where there is nothing to draw. */
export function chartSvg({ title, x, y, isLogarithmic = false, lines }: Chart): string {
	const points = lines.flatMap((line) => line.points);
	if (points.length === 0) {
		throw new Error(`${title}: there is nothing to draw.`);
	}
	const across = axis(
		points.map(([value]) => value),
		isLogarithmic,
	);
	const up = axis(
		points.map(([, value]) => value),
		false,
	);
	const toX = (value: number) => LEFT + across.share(value) * (WIDTH - LEFT - RIGHT);
	const toY = (value: number) => HEIGHT - BOTTOM - up.share(value) * (HEIGHT - TOP - BOTTOM);
	const parts = [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img">`,
		`<title>${escaped(title)}</title>`,
		`<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
		text(WIDTH / 2, 20, title, 'middle', 14),
		text(WIDTH / 2, HEIGHT - 10, x, 'middle'),
		`<g transform="rotate(-90 14 ${HEIGHT / 2})">${text(14, HEIGHT / 2, y, 'middle')}</g>`,
		...across.ticks.flatMap((tick) => [
			`<path d="M${toX(tick).toFixed(1)} ${TOP}V${HEIGHT - BOTTOM}" stroke="#dddddd"/>`,
			text(toX(tick), HEIGHT - BOTTOM + 16, brief(tick), 'middle'),
		]),
		...up.ticks.flatMap((tick) => [
			`<path d="M${LEFT} ${toY(tick).toFixed(1)}H${WIDTH - RIGHT}" stroke="#dddddd"/>`,
			text(LEFT - 6, toY(tick) + 4, brief(tick), 'end'),
		]),
		...lines.flatMap((line, index) => drawn(line, index, toX, toY)),
		'</svg>',
	];
	return `${parts.join('\n')}\n`;
}

function drawn(
	{ name, points, isDots = false }: Line,
	index: number,
	toX: (value: number) => number,
	toY: (value: number) => number,
): readonly string[] {
	const colour = COLOURS[index % COLOURS.length];
	const places = points.map(([px, py]) => [toX(px).toFixed(1), toY(py).toFixed(1)] as const);
	const at = TOP + 14 + index * 16;
	return [
		...(isDots
			? places.map(([px, py]) => `<circle cx="${px}" cy="${py}" r="2.5" fill="${colour}"/>`)
			: [
					`<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${places.map((one) => one.join(',')).join(' ')}"/>`,
				]),
		`<rect x="${WIDTH - RIGHT - 190}" y="${at - 9}" width="12" height="10" fill="${colour}"/>`,
		text(WIDTH - RIGHT - 172, at, name, 'start'),
	];
}

interface Axis {
	readonly ticks: readonly number[];
	/** 0 to 1, from the axis' beginning. */
	share(value: number): number;
}

function axis(values: readonly number[], isLogarithmic: boolean): Axis {
	const scale = isLogarithmic ? Math.log10 : (value: number) => value;
	const from = Math.min(...values.map(scale));
	const to = Math.max(...values.map(scale));
	const room = (to - from || 1) * 0.04;
	const [low, high] = [from - room, to + room];
	return {
		ticks: isLogarithmic ? decades(low, high) : even(low, high),
		share: (value) => (scale(value) - low) / (high - low),
	};
}

/** 1, 2 and 5 times the powers of ten. */
function decades(low: number, high: number): readonly number[] {
	const ticks: number[] = [];
	for (let power = Math.floor(low); power <= high; power++) {
		for (const factor of [1, 2, 5]) {
			const tick = factor * 10 ** power;
			if (Math.log10(tick) >= low && Math.log10(tick) <= high) {
				ticks.push(tick);
			}
		}
	}
	return ticks;
}

function even(low: number, high: number): readonly number[] {
	const rough = (high - low) / TICKS;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
	const first = Math.ceil(low / step);
	return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step);
}

function brief(value: number): string {
	return Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-2)
		? value.toExponential(0).replace('e+', 'e')
		: String(Number(value.toPrecision(4)));
}

function text(x: number, y: number, content: string, anchor: string, size = 12): string {
	return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="${size}" fill="#333333">${escaped(content)}</text>`;
}

function escaped(content: string): string {
	return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
