/** How often the next edit is right: repeated edits over real code, and as many edits after which none is due. */
import { systemClock } from '../../src/completion/clock';
import { findNextEdit } from '../../src/completion/nextEdit/find';
import { EditLog } from '../../src/completion/nextEdit/log';
import { nextTurn, Pace } from '../../src/completion/pace';
import { randomFrom } from '../../src/finetune/training/random';
import { typeInto } from '../support/editScript';
import { columns, machine, median, percentile, publish } from './harness';
import { type SourceFile, sourceFiles } from './nextEditFiles';
import { oneOffs } from './nextEditOneOffs';
import { applyEdits, type EditCase, type Maker, repeated } from './nextEditScripts';

/** Cases of each kind; no file gives two of one kind. */
const CASES = 24;

interface Tally {
	cases: number;
	right: number;
	wrong: number;
	silent: number;
}

/** Milliseconds of processor time: other programs on the machine do not count. */
function spent(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1_000;
}

/** Longest work without a turn for others, in milliseconds. */
function measuredPace(): { readonly pace: Pace; longest(): number } {
	let began = spent();
	let longest = 0;
	const end = () => {
		longest = Math.max(longest, spent() - began);
	};
	const pace = new Pace(systemClock, async () => {
		end();
		await nextTurn();
		began = spent();
	});
	return {
		pace,
		longest() {
			end();
			return longest;
		},
	};
}

function collect(maker: Maker, files: readonly SourceFile[], random: () => number): readonly EditCase[] {
	const pick = (count: number) => Math.floor(random() * count);
	const shuffled = [...files];
	for (let index = shuffled.length - 1; index > 0; index--) {
		const other = pick(index + 1);
		const [one, two] = [shuffled[index], shuffled[other]];
		if (one !== undefined && two !== undefined) {
			shuffled[index] = two;
			shuffled[other] = one;
		}
	}
	const cases: EditCase[] = [];
	for (const file of shuffled) {
		const made = cases.length < CASES ? maker(file, pick) : undefined;
		if (made !== undefined) {
			cases.push(made);
		}
	}
	return cases;
}

const isTold = process.argv.includes('tell');
const milliseconds: number[] = [];
const slices: number[] = [];

async function play(one: EditCase): Promise<'right' | 'wrong' | 'silent'> {
	const log = new EditLog(one.file.text);
	for (const edit of one.edits) {
		typeInto(log, edit);
	}
	const edited = applyEdits(one.file.text, one.edits);
	if (log.text !== edited) {
		throw new Error(`${one.kind}: the log has another text than the script`);
	}
	const measured = measuredPace();
	const started = performance.now();
	const next = await findNextEdit(
		{ text: edited, languageId: 'javascript', edits: log.edits },
		new AbortController().signal,
		measured.pace,
	);
	const longest = measured.longest();
	milliseconds.push(performance.now() - started);
	slices.push(longest);
	if (longest > 8) {
		tell('slow', one, `${longest.toFixed(1)} ms, ${edited.length} characters`);
	}
	if (next === undefined) {
		if (one.isRight !== undefined) {
			tell('missed', one, '');
		}
		return 'silent';
	}
	const text = edited.slice(0, next.start) + next.text + edited.slice(next.end);
	if (one.isRight?.(text, edited) === true) {
		return 'right';
	}
	const line = edited.slice(edited.lastIndexOf('\n', next.start - 1) + 1, next.end + 40);
	const made = `${JSON.stringify(next.removed)} → ${JSON.stringify(next.text)}`;
	tell('wrong', one, `${next.rule}: ${made} in ${JSON.stringify(line)}`);
	return 'wrong';
}

function tell(what: string, { kind, file, edits }: EditCase, more: string): void {
	if (isTold) {
		const did = edits.map(
			({ removed, inserted }) => `${JSON.stringify(removed)} → ${JSON.stringify(inserted)}`,
		);
		console.log(`${what}: ${kind}, ${file.package}/${file.path}: ${did.join('; ')} ${more}`);
	}
}

const source = randomFrom(20261121);
const random = () => source.next();
const files = sourceFiles();

async function playAll(makers: readonly Maker[]): Promise<ReadonlyMap<string, Tally>> {
	const tallies = new Map<string, Tally>();
	for (const one of makers.flatMap((maker) => collect(maker, files, random))) {
		const tally = tallies.get(one.kind) ?? { cases: 0, right: 0, wrong: 0, silent: 0 };
		tallies.set(one.kind, tally);
		tally.cases++;
		tally[await play(one)]++;
	}
	return tallies;
}

function sum(tallies: ReadonlyMap<string, Tally>, of: keyof Tally): number {
	return [...tallies.values()].reduce((total, tally) => total + tally[of], 0);
}

const wanted = await playAll(repeated);
const unwanted = await playAll(oneOffs);
const right = sum(wanted, 'right');
const shown = right + sum(wanted, 'wrong') + sum(unwanted, 'wrong');
const licences = [...new Set(files.map(({ licence }) => licence))].sort().join(', ');
publish({
	name: 'nextedit',
	notes: [
		machine(),
		`${files.length} files of ${new Set(files.map((file) => file.package)).size} packages (${licences})`,
		'right: the proposal is one that the rule of the edits allows, to the letter; every proposal after a one-off is wrong',
		'',
		...columns([
			['edit', 'cases', 'right', 'wrong', 'silent'],
			...[...wanted, ...unwanted].map(([kind, { cases, right, wrong, silent }]) =>
				[kind, cases, right, wrong, silent].map(String),
			),
		]),
	],
	figures: [
		{
			label: 'precision',
			key: 'precision',
			unit: '',
			value: shown === 0 ? undefined : right / shown,
			aim: { type: 'at-least', value: 0.9 },
			samples: shown,
		},
		{
			label: 'recall',
			key: 'recall',
			unit: '',
			value: right / sum(wanted, 'cases'),
			samples: sum(wanted, 'cases'),
		},
		{
			label: 'proposals after one-offs',
			key: 'false_alarm_rate',
			unit: '',
			value: sum(unwanted, 'wrong') / sum(unwanted, 'cases'),
			samples: sum(unwanted, 'cases'),
		},
		{
			label: 'time to the proposal, p50',
			key: 'p50_ms',
			unit: 'ms',
			value: median(milliseconds),
			samples: milliseconds.length,
		},
		{ label: 'longest slice, p50', key: 'slice_p50_ms', unit: 'ms', value: median(slices) },
		{ label: 'longest slice, p99', key: 'slice_p99_ms', unit: 'ms', value: percentile(slices, 0.99) },
	],
	details: { cases: Object.fromEntries([...wanted, ...unwanted]) },
});
