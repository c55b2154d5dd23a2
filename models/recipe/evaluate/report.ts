/** What was measured, as tables to read and as one object to keep. */

import { columns } from '../../../test/bench/harness';
import type { Mode } from './asking';
import type { BlockFigures } from './blockHoles';
import type { LineFigures } from './lineHoles';
import type { BitsFigures } from './modelBits';
import type { NgramFigures } from './ngram';
import type { SpeedFigures } from './speed';
import { bitsPerByte, FRONT, type Sums } from './sums';

/** Stages that were left out are undefined. */
export interface ModelReport {
	readonly name: string;
	/** sha256 of the file, in hexadecimal. */
	readonly sha256: string;
	readonly fileBytes: number;
	readonly bits: BitsFigures | undefined;
	/** By group of languages. */
	readonly lines: Readonly<Record<string, Readonly<Record<Mode, LineFigures>>>> | undefined;
	readonly blocks: BlockFigures | undefined;
	readonly speed: SpeedFigures | undefined;
}

export interface Report {
	/** The machine, the choice of bytes and the settings, one line each. */
	readonly notes: readonly string[];
	readonly models: readonly ModelReport[];
	readonly xz: Sums | undefined;
	/** Of all bytes of the packages, not only those that are measured: more to learn from. */
	readonly xzWhole: Sums | undefined;
	readonly ngram: NgramFigures | undefined;
}

/** From the issue that asked for this: share of exact rests of lines, and bits over those of xz. */
const EXACT_AIM = 0.3;
const XZ_AIM = 0.5;

export function renderReport(report: Report): string {
	const parts = [
		report.notes,
		bitsTable(report),
		linesTable(report.models),
		blocksTable(report.models),
		speedTable(report.models),
		aims(report),
	];
	return parts
		.filter((lines) => lines.length > 0)
		.map((lines) => lines.join('\n'))
		.join('\n\n');
}

/** The last line, for scripts: of each model the figures in front. */
export function summaryLine(report: Report): string {
	const front = (sums: Sums | undefined) => (sums === undefined ? null : rounded(bitsPerByte(sums, FRONT)));
	return JSON.stringify({
		stage: 'eval',
		xz_bits_per_byte: front(report.xz),
		xz_whole_bits_per_byte: front(report.xzWhole),
		ngram_bits_per_byte: front(report.ngram?.sums),
		models: report.models.map((model) => {
			const lines = model.lines?.[FRONT];
			return {
				name: model.name,
				sha256: model.sha256,
				bits_per_byte: front(model.bits?.sums),
				exact: rounded(lines?.typed.exact),
				exact_low: rounded(lines?.typed.interval[0]),
				exact_high: rounded(lines?.typed.interval[1]),
				similarity: rounded(lines?.typed.similarity),
				exact_prefix: rounded(lines?.prefix.exact),
				syntax_valid: rounded(model.blocks?.valid),
				ready_ms: rounded(model.speed?.readyMilliseconds),
				first_token_ms: rounded(model.speed?.firstTokenMilliseconds),
				tokens_per_second: rounded(model.speed?.tokensPerSecond),
				peak_mb: rounded((model.speed?.peakBytes ?? Number.NaN) / 1e6),
			};
		}),
	});
}

function bitsTable({ models, xz, xzWhole, ngram }: Report): readonly string[] {
	const sides: readonly (readonly [name: string, sums: Sums | undefined])[] = [
		...models.map(({ name, bits }) => [name, bits?.sums] as const),
		['xz -9e', xz],
		['5-gram', ngram?.sums],
		['xz, whole', xzWhole],
	];
	const known = sides.flatMap(([name, sums]) => (sums === undefined ? [] : [[name, sums] as const]));
	const [first] = known;
	if (first === undefined) {
		return [];
	}
	return columns([
		['bits per byte', 'bytes', ...known.map(([name]) => name)],
		...Object.entries(first[1]).map(([group, { bytes }]) => [
			group,
			String(bytes),
			...known.map(([, sums]) => bitsPerByte(sums, group).toFixed(3)),
		]),
	]);
}

function linesTable(models: readonly ModelReport[]): readonly string[] {
	const rows = models.flatMap(({ name, lines }) =>
		Object.entries(lines ?? {}).flatMap(([group, figures]) =>
			(['typed', 'prefix'] as const).map((mode) => {
				const { holes, exact, interval, similarity } = figures[mode];
				return [name, group, mode, String(holes), percent(exact), between(interval), similarity.toFixed(3)];
			}),
		),
	);
	return rows.length === 0
		? []
		: columns([['rests of lines', 'in', 'asked with', 'holes', 'exact', '95 %', 'edit similarity'], ...rows]);
}

function blocksTable(models: readonly ModelReport[]): readonly string[] {
	const rows = models.flatMap(({ name, blocks }) =>
		blocks === undefined
			? []
			: [
					[
						name,
						String(blocks.holes),
						percent(blocks.valid),
						between(blocks.interval),
						percent(blocks.empty),
						percent(blocks.validEmpty),
						blocks.similarity.toFixed(3),
					],
				],
	);
	const titles = ['holes', 'written and parses', '95 %', 'nothing written', 'parses with nothing'];
	return rows.length === 0 ? [] : columns([['blocks', ...titles, 'edit similarity'], ...rows]);
}

function speedTable(models: readonly ModelReport[]): readonly string[] {
	const rows = models.flatMap(({ name, fileBytes, speed }) =>
		speed === undefined
			? []
			: [
					[
						name,
						`${(fileBytes / 1e6).toFixed(1)} MB`,
						`${speed.readyMilliseconds.toFixed(0)} ms`,
						speed.firstTokenMilliseconds === undefined
							? 'none'
							: `${speed.firstTokenMilliseconds.toFixed(1)} ms`,
						`${speed.tokensPerSecond.toFixed(0)} tokens/s`,
						`${speed.promptTokensPerSecond.toFixed(0)} tokens/s`,
						speed.peakBytes === undefined ? 'unknown' : `${(speed.peakBytes / 1e6).toFixed(0)} MB`,
						speed.load.toFixed(1),
					],
				],
	);
	const titles = ['file', 'ready', 'first token', 'writes', 'reads', 'peak of the host', 'load before'];
	return rows.length === 0 ? [] : columns([['speed', ...titles], ...rows]);
}

function aims({ models, xz }: Report): readonly string[] {
	return models.flatMap(({ name, bits, lines }) => {
		const exact = lines?.[FRONT]?.typed.exact;
		const ratio =
			bits === undefined || xz === undefined
				? undefined
				: bitsPerByte(bits.sums, FRONT) / bitsPerByte(xz, FRONT);
		return [
			...(exact === undefined
				? []
				: [
						`${name}: ${percent(exact)} of the rests of lines exact, aim ${percent(EXACT_AIM)}: ${exact >= EXACT_AIM ? 'met' : 'missed'}`,
					]),
			...(ratio === undefined
				? []
				: [
						`${name}: ${ratio.toFixed(3)} of xz's bits, aim ${XZ_AIM}: ${ratio <= XZ_AIM ? 'met' : 'missed'}`,
					]),
		];
	});
}

function percent(share: number): string {
	return `${(100 * share).toFixed(1)} %`;
}

function between([low, high]: readonly [number, number]): string {
	return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`;
}

/** JSON has no undefined and no NaN: both become null. */
function rounded(value: number | undefined): number | null {
	return value === undefined || !Number.isFinite(value) ? null : Math.round(value * 10_000) / 10_000;
}
