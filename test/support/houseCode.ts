/** Made-up repositories, each with idioms of its own: what can be learned from one helps nobody in another. */
import type { JudgedSpan } from '../../src/finetune/judge/judgement';
import { seededRandom } from './randomModel';

interface House {
	readonly base: string;
	readonly store: string;
	readonly verbs: readonly [string, string, string];
	readonly nouns: readonly string[];
}

export const HOUSES = {
	bank: {
		base: 'LedgerGauge',
		store: 'vaultRegister',
		verbs: ['reconcileWith', 'postEntry', 'settleBalance'],
		nouns: ['Invoice', 'Mandate', 'Tranche', 'Deposit', 'Coupon', 'Escrow', 'Margin', 'Rebate'],
	},
	harbour: {
		base: 'BerthKeeper',
		store: 'tideTable',
		verbs: ['moorBeside', 'raiseSignal', 'castOffFrom'],
		nouns: ['Vessel', 'Pilot', 'Anchor', 'Buoy', 'Cargo', 'Winch', 'Hawser', 'Dredger'],
	},
} as const satisfies Readonly<Record<string, House>>;

/** One file; the same number is the same file. */
function fileOf({ base, store, verbs, nouns }: House, index: number): string {
	const random = seededRandom(index + 1);
	const pick = () => nouns[Math.floor(random() * nouns.length)] ?? '';
	const [one, other, third] = [pick(), pick(), pick()];
	const low = (word: string) => word.toLowerCase();
	const number = Math.floor(random() * 90) + 10;
	return [
		`import { ${base} } from '../${low(base)}';`,
		`import type { ${one}, ${other} } from '../kinds';`,
		'',
		`export class ${one}${number}Desk extends ${base}<${one}> {`,
		`\tprivate readonly ${low(other)}s = new Map<string, ${other}>();`,
		'',
		`\t${verbs[0]}(${low(one)}: ${one}): boolean {`,
		`\t\tconst found = this.${store}.${verbs[1]}(${low(one)}.key, ${number});`,
		`\t\tthis.${store}.${verbs[2]}(found, this.${low(other)}s);`,
		`\t\treturn found.${low(third)}Count > ${number};`,
		'\t}',
		'',
		`\t${verbs[2]}(${low(other)}: ${other}): void {`,
		`\t\tfor (const held of this.${store}.${verbs[0]}(${low(other)}.key)) {`,
		`\t\t\tthis.${low(other)}s.set(held.key, held.${low(other)});`,
		'\t\t}',
		`\t\tthis.${store}.${verbs[1]}(${low(other)}.key, this.${low(other)}s.size);`,
		'\t}',
		'}',
		'',
	].join('\n');
}

/** What stands in the file, in an order of chance within each line. */
export function shuffledLines(text: string, seed: number): string {
	const random = seededRandom(seed);
	return text
		.split('\n')
		.map((line) =>
			(line.match(/\w+|\W/g) ?? [])
				.map((word) => [random(), word] as const)
				.sort(([a], [b]) => a - b)
				.map(([, word]) => word)
				.join(''),
		)
		.join('\n');
}

/** Places in so many files from a first one on, several a file; `isShuffled`: what stands there is nonsense. */
export function placesIn(
	house: House,
	first: number,
	files: number,
	isShuffled = false,
): readonly JudgedSpan[] {
	return Array.from({ length: files }, (_, index) => {
		const text = fileOf(house, first + index);
		const lines = (isShuffled ? shuffledLines(text, index + 7) : text).split('\n');
		return [3, 7, 8, 9, 13, 14, 16].map((row): JudgedSpan => {
			const line = lines[row] ?? '';
			// Behind the first word, or before it.
			const cut = /^\s*(?:\w+\W)?/.exec(line)?.[0].length ?? 0;
			return {
				file: `house/desk${first + index}.ts`,
				kind: 'tail',
				repository: undefined,
				path: `src/desk${first + index}.ts`,
				files: [],
				prefix: `${lines.slice(0, row).join('\n')}\n`,
				typed: line.slice(0, cut),
				middle: line.slice(cut),
				suffix: `\n${lines.slice(row + 1).join('\n')}`,
				ends: true,
				maxPromptTokens: 160,
			};
		});
	}).flat();
}
