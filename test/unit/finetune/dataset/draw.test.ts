/** From a real repository to places: the newest changes are the test, and nothing of it is learned from or shown. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { closedByItself } from '../../../../src/completion/prompt';
import { RECIPE } from '../../../../src/finetune/dataset/build';
import { contaminated } from '../../../../src/finetune/dataset/contamination';
import { drawHere } from '../../../../src/finetune/dataset/drawHere';
import type { Draw, DrawFacts, DrawnPlace, DrawOrder, Part } from '../../../../src/finetune/dataset/drawn';
import { fillOf } from '../../../../src/finetune/dataset/encoder';
import { drawInWorker } from '../../../../src/finetune/dataset/sampleWorker';
import { filesIn } from '../../../../src/finetune/dataset/source';
import { isAbort } from '../../../../src/inference/cancel';
import { GitHistory, ownCode } from '../../../support/gitHistory';
import { root } from '../../../support/root';

const never = new AbortController().signal;
const dist = path.join(root, 'dist');

interface AllDrawn {
	readonly places: Readonly<Record<Part, DrawnPlace[]>>;
	readonly facts: DrawFacts;
	readonly all: number;
}

describe('draw', () => {
	let folder = '';
	let history: GitHistory;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-draw-'));
		history = new GitHistory(folder);
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const name = (index: number) => `mod${String(index).padStart(2, '0')}q`;
	const codeOf = (index: number, functions = 12) => ownCode(name(index), functions);
	const added = (index: number, commit: number) =>
		`export const ${name(index)}Added${commit} = ${name(index)}Late(${commit}, ${name(index)}Field${commit});\n` +
		`export const ${name(index)}Again${commit} = ${name(index)}Added${commit} + ${commit * 7};\n`;

	/** Thirty files; then each commit adds two lines to one of them. */
	function grow(changed: readonly number[]): void {
		history.commit(
			Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`src/${name(index)}.ts`, codeOf(index)])),
		);
		const texts = new Map<number, string>();
		for (const [commit, index] of changed.entries()) {
			const text = (texts.get(index) ?? codeOf(index)) + added(index, commit);
			texts.set(index, text);
			history.commit({ [`src/${name(index)}.ts`]: text });
		}
	}

	const orderOf = (changes: Partial<DrawOrder> = {}): DrawOrder => ({
		files: filesIn(history.audit()),
		seed: 1,
		longest: 256,
		passes: 1,
		mostTokens: 1_000_000,
		shares: RECIPE,
		prefillTokensPerSecond: 2_000,
		...changes,
	});

	async function drawAll(draw: Draw, order: DrawOrder): Promise<AllDrawn> {
		const places: Record<Part, DrawnPlace[]> = { train: [], validation: [], test: [] };
		let facts: DrawFacts | undefined;
		let all = 0;
		for await (const drawn of draw(order, never)) {
			if (drawn.type === 'places') {
				places[drawn.part].push(...drawn.places);
			} else if (drawn.type === 'done') {
				facts = drawn.facts;
			} else if (drawn.type === 'planned') {
				all = drawn.all;
			} else {
				assert.equal(drawn.type, 'reading');
			}
		}
		return { places, facts: facts ?? assert.fail('no end'), all };
	}
	const namesOf = (places: readonly DrawnPlace[]) => [...new Set(places.map((place) => place.name))].sort();
	const middleOf = ({ text, hole }: DrawnPlace) => text.slice(hole.start, hole.end);

	it('tests what the newest commits added, and learns nothing of those files', async () => {
		grow([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		const { places, facts } = await drawAll(drawHere(), orderOf());
		assert.deepEqual([facts.by, facts.alike, facts.overlapping, facts.changed], ['time', 0, 0, []]);
		assert.deepEqual(
			facts.heads.map(({ repository, commit }) => [repository, commit]),
			[['sample', history.git('rev-parse', 'HEAD').trim()]],
		);
		assert.ok(facts.commits >= 1 && facts.commits <= 4, `${facts.commits}`);
		const tested = namesOf(places.test);
		assert.deepEqual(
			tested,
			tested.filter((one) => /mod0[6-9]q/.test(one)),
		);
		assert.ok(tested.includes(`sample/src/${name(9)}.ts`), 'the newest');
		const hunks = places.test.filter(({ hole }) => hole.kind === 'hunk').map(middleOf);
		assert.ok(hunks.includes(added(9, 8).trimEnd()));
		const sides = [places.train, places.validation, places.test].map(namesOf);
		assert.equal(new Set(sides.flat()).size, sides.flat().length, 'a file is on one side');
		assert.equal(sides.flat().length, 30);
		// By what is written there, too.
		const learned = places.train.map(({ text }) => text).join('\n');
		for (const file of [...(sides[1] ?? []), ...tested]) {
			assert.ok(!learned.includes(path.basename(file, '.ts')), file);
		}
	});

	it('learns from what earlier commits added, as often as it is told', async () => {
		grow(Array.from({ length: 14 }, (_, index) => index));
		const hunks = RECIPE.holes.hunk;
		const share = async (hunk: number) => {
			const shares = { ...RECIPE, holes: { ...RECIPE.holes, hunk } };
			const { places } = await drawAll(drawHere(), orderOf({ passes: 10, shares }));
			const holes = places.train.filter(({ hole }) => hole.kind !== 'plain');
			const own = holes.filter(({ hole }) => hole.kind === 'hunk');
			assert.ok(
				own.every((place) => /^export const \w+Added\d+ = .*;\nexport const \w+Again/.test(middleOf(place))),
			);
			return own.length / holes.length;
		};
		assert.equal(await share(0), 0);
		const usual = await share(hunks);
		assert.ok(usual > 0.02 && usual < 0.09, `${usual}`);
		const rare = await share(1);
		assert.ok(rare > 0 && usual > 2 * rare, `${rare}`);
	});

	it('learns from a file as often as the audit weighs it', async () => {
		grow([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		const order = orderOf({ passes: 12 });
		const even = namesOf((await drawAll(drawHere(), order)).places.train);
		const heavy = new Set(even.filter((_, index) => index % 2 === 0));
		const files = order.files.map((file) => ({ ...file, weight: heavy.has(file.name) ? 3 : 1 / 3 }));
		const { places } = await drawAll(drawHere(), { ...order, files });
		const share = places.train.filter(({ name }) => heavy.has(name)).length / places.train.length;
		assert.ok(share > 0.65, `${share}`);
	});

	it('is drawn by chance where there is no history, and says so', async () => {
		history.commit(
			Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${name(index)}.ts`, codeOf(index)])),
		);
		const { places, facts } = await drawAll(drawHere(), orderOf());
		assert.deepEqual([facts.by, facts.commits], ['seed', 0]);
		assert.deepEqual(
			[places.train, places.validation, places.test].map((part) => namesOf(part).length),
			[26, 1, 3],
		);
		assert.ok(places.test.length > 30);
	});

	it('never divides near duplicates, however they came in', async () => {
		grow([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		// Forced in by somebody: the audit would have left them out.
		const copy = (index: number) => `// The same, nearly.\n${codeOf(index).replaceAll('First0', 'Begin0')}`;
		for (const index of [9, 20, 21, 22, 23, 24, 25]) {
			fs.writeFileSync(path.join(folder, `copy${index}.ts`), copy(index));
		}
		history.git('add', '--all');
		for (let seed = 1; seed < 5; seed++) {
			const { places, facts } = await drawAll(drawHere(), orderOf({ seed }));
			const side = (file: string) =>
				(['train', 'validation', 'test'] as const).find((part) =>
					namesOf(places[part]).includes(`sample/${file}`),
				);
			for (const index of [20, 21, 22, 23, 24, 25]) {
				assert.equal(side(`copy${index}.ts`), side(`src/${name(index)}.ts`), `${index} with seed ${seed}`);
			}
			// What resembles a tested file is learned from nowhere.
			assert.equal(side(`src/${name(9)}.ts`), 'test');
			assert.equal(side('copy9.ts'), undefined);
			assert.equal(facts.alike, 1);
			const texts = places.train.map(({ text }) => text);
			assert.deepEqual([...contaminated(texts, [...places.test, ...places.validation].map(middleOf))], []);
		}
	});

	it('leaves out of the test what was planted in the files that are learned from', async () => {
		grow([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		const planted = codeOf(9).slice(0, 2_000);
		// Too little beside its own code to make the files alike.
		fs.appendFileSync(path.join(folder, `src/${name(20)}.ts`), ownCode('more', 60) + planted);
		history.git('add', '--all');
		const { places, facts } = await drawAll(drawHere(), orderOf());
		assert.ok(namesOf(places.train).includes(`sample/src/${name(20)}.ts`));
		assert.ok(facts.overlapping > 0);
		const text = fs.readFileSync(path.join(folder, `src/${name(20)}.ts`), 'utf8');
		assert.deepEqual([...contaminated([text], places.test.map(middleOf))], []);
	});

	it('shows other files to half of the samples, a header to most, and to a fifth nothing', async () => {
		// Some of them may be held out, and then stand in no prompt.
		const shared = ['shapes', 'reports', 'limits', 'joins', 'fields', 'inputs'];
		history.commit({
			...Object.fromEntries(shared.map((one) => [`src/${one}.ts`, ownCode(one, 6)])),
			...Object.fromEntries(
				Array.from({ length: 29 }, (_, index) => [
					`src/${name(index)}.ts`,
					`${shared.map((one) => `import { ${one}Step1 } from './${one}';\n`).join('')}\n${codeOf(index)}`,
				]),
			),
		});
		const worker = drawInWorker(path.join(dist, 'sampleWorker.js'), dist);
		const { places } = await drawAll(worker, orderOf({ passes: 4, longest: 512 }));
		const holes = places.train.filter(({ hole }) => hole.kind !== 'plain');
		const of = (test: (place: DrawnPlace) => boolean) => holes.filter(test).length / holes.length;
		const context = of((place) => place.context !== undefined);
		assert.ok(Math.abs(context - 0.5) < 0.08, `${context}`);
		const bare = of((place) => place.path === '');
		assert.ok(Math.abs(bare - 0.2) < 0.06, `${bare}`);
		assert.ok(holes.every((place) => (place.path === '') === (place.repository === undefined)));
		assert.ok(holes.every((place) => place.path !== '' || place.context === undefined));
		const held = [...places.validation, ...places.test];
		assert.ok(held.every(({ path: file }) => file !== ''));
		// Files that import nothing, and resemble nothing, are served alone.
		const importing = held.filter(({ path: file }) => file.includes('mod'));
		const served = importing.filter(({ context }) => context !== undefined);
		assert.ok(served.length > importing.length * 0.9, 'as it is served');
		// Neither its own file, nor one that is held out.
		const heldOut = new Set(namesOf(held).map((one) => one.slice('sample/'.length)));
		for (const { context, path: own } of [...places.train, ...held]) {
			for (const file of context?.files ?? []) {
				assert.ok(file.path !== own && !heldOut.has(file.path), `${file.path} beside ${own}`);
			}
		}
		const [shown] = held.filter(({ context }) => context !== undefined);
		const fill = fillOf(shown ?? assert.fail(), 400);
		assert.ok(fill.files.length > 0 && fill.maxPromptTokens === 400);
		assert.ok(fill.prefix.length + fill.suffix.length <= 3 * (400 - (shown?.context?.tokens ?? 0)));
	});

	it('draws blocks by their syntax in its thread, the same each time', async () => {
		history.commit(
			Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${name(index)}.ts`, codeOf(index)])),
		);
		const worker = drawInWorker(path.join(dist, 'sampleWorker.js'), dist);
		const first = await drawAll(worker, orderOf({ passes: 3 }));
		assert.deepEqual(await drawAll(worker, orderOf({ passes: 3 })), first);
		const blocks = first.places.train.filter(({ hole }) => hole.kind === 'block').map(middleOf);
		assert.ok(blocks.length > 10);
		assert.ok(blocks.some((block) => /^\{\n[\s\S]*\}$/.test(block) || /^if \(/.test(block)));
		assert.ok(first.all > 0.8 * Object.values(first.places).flat().length);
	});

	it('lets the model write what an editor closes by itself, as completion does', async () => {
		grow([1, 2, 3, 4, 5, 6]);
		const { places } = await drawAll(drawHere({ closedByItself }), orderOf({ passes: 6 }));
		for (const { text, hole } of [...places.train, ...places.test]) {
			if (hole.kind !== 'plain') {
				assert.equal(closedByItself(text.slice(0, hole.start), text.slice(hole.end)), 0);
			}
		}
	});

	it('cuts what is around a hole as if it had the whole file', async () => {
		history.commit(
			Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${name(index)}.ts`, codeOf(index, 60)])),
		);
		const { places } = await drawAll(drawHere(), orderOf());
		for (const place of [...places.train, ...places.test].filter(({ hole }) => hole.kind !== 'plain')) {
			const whole = fs.readFileSync(path.join(folder, place.name.slice('sample/'.length)), 'utf8');
			const before = whole
				.split('\n')
				.slice(0, place.firstLine ?? 0)
				.join('\n').length;
			const offset = before === 0 ? 0 : before + 1;
			const { start, end } = place.hole;
			const hole = { ...place.hole, start: start + offset, end: end + offset };
			assert.deepEqual(
				fillOf(place, 200),
				fillOf({ repository: place.repository, path: place.path, text: whole, hole }, 200),
			);
		}
	});

	it('cannot divide what is all alike', async () => {
		history.commit(
			Object.fromEntries(
				Array.from({ length: 12 }, (_, index) => [`${index}.ts`, `${codeOf(1)}// ${index}\n`]),
			),
		);
		const drawn = [];
		for await (const one of drawHere()(orderOf(), never)) {
			drawn.push(one);
		}
		assert.deepEqual(drawn.at(-1), { type: 'undivided', changed: [] });
		assert.ok(drawn.slice(0, -1).every(({ type }) => type === 'reading'));
	});

	it('ends its thread when it is cancelled, and when nobody wants more', async () => {
		grow([1, 2, 3, 4, 5, 6]);
		const worker = drawInWorker(path.join(dist, 'sampleWorker.js'), dist);
		const controller = new AbortController();
		const run = async () => {
			for await (const drawn of worker(orderOf({ passes: 40 }), controller.signal)) {
				assert.notEqual(drawn.type, 'done');
				controller.abort();
			}
		};
		await assert.rejects(run(), isAbort);
		for await (const drawn of worker(orderOf(), never)) {
			assert.ok(drawn.type === 'reading');
			break;
		}
		await assert.rejects(async () => {
			for await (const _ of drawInWorker(path.join(dist, 'no-such.js'), dist)(orderOf(), never)) {
				assert.fail('drawn by nobody');
			}
		}, /no-such/);
	});
});
