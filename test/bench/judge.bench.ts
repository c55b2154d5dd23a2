/**
 * The judge's own test, `npm run bench:judge`: on places in one made-up repository, the gate of an adapter that has learned
 * it, of one that has learned another repository, and of one that has learned it with the words of each line shuffled. The
 * first must beat the second with the interval above zero, and the third must be turned down; then what judging takes.
 */
import { compare } from '../../src/finetune/judge/statistics';
import { HOUSES, placesIn } from '../support/houseCode';
import { JudgedAdapters } from '../support/judgedAdapters';

/** Files that are learned, and those that are judged on. */
const LEARNED = 30;
const JUDGED = 40;

async function main(): Promise<void> {
	const adapters = await JudgedAdapters.open();
	try {
		const validation = placesIn(HOUSES.bank, 2_000, 8);
		const test = placesIn(HOUSES.bank, 1_000, JUDGED);
		const learned = {
			own: placesIn(HOUSES.bank, 0, LEARNED),
			other: placesIn(HOUSES.harbour, 0, LEARNED),
			shuffled: placesIn(HOUSES.bank, 0, LEARNED, true),
		};
		const files: Record<string, string> = {};
		const figures: Record<string, unknown> = {};
		for (const [name, places] of Object.entries(learned)) {
			const file = await adapters.train(places, { epochs: 2 });
			files[name] = file;
			const found = await adapters.judge(file, validation, test);
			console.log(`${name}: ${found.decision}, strength ${found.strength}, ${found.milliseconds} ms`);
			for (const { question, answer, reason } of found.answers) {
				console.log(`  ${question} ${answer}: ${reason}`);
			}
			figures[`${name}_decision`] = found.decision;
			figures[`${name}_loss`] = found.loss.difference;
			figures[`${name}_milliseconds`] = found.milliseconds;
		}
		const [other, own] = [
			await adapters.losses(test, files['other'] ?? ''),
			await adapters.losses(test, files['own'] ?? ''),
		];
		const { difference } = compare(
			test.map(({ file }, index) => ({
				cluster: file,
				base: own[index]?.sum ?? Number.NaN,
				adapter: other[index]?.sum ?? Number.NaN,
				weight: own[index]?.tokens ?? Number.NaN,
			})),
		);
		const { value, low, high } = difference;
		console.log(
			`loss of the other over that of the own: ${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`,
		);
		console.log(JSON.stringify({ bench: 'judge', ...figures, other_over_own: difference }));
	} finally {
		await adapters.dispose();
	}
}

await main();
