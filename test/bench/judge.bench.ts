/**
 * The judge's own test, `npm run bench:judge`: on places in one made-up repository, the gate of an adapter that has learned
 * it, of one that has learned another repository, and of one that has learned it with the words of each line shuffled. The
 * first must beat the second with the interval above zero, and the third must be turned down; then what judging takes.
 */
import type { Judgement } from '../../src/finetune/judge/judgement';
import { HOUSES, placesIn } from '../support/houseCode';
import { JudgedAdapters } from '../support/judgedAdapters';
import { otherOverOwn } from './crossed';
import { type Figure, publish } from './harness';
import { judgementLines } from './repositoryReport';

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
		const found: Record<string, Judgement> = {};
		for (const [name, places] of Object.entries(learned)) {
			const file = await adapters.train(places, { epochs: 2 });
			files[name] = file;
			const judgement = await adapters.judge(file, validation, test);
			found[name] = judgement;
			console.log([name, ...judgementLines(judgement)].join('\n'));
		}
		const losses = (name: string) => adapters.losses(test, files[name] ?? '');
		const { difference } = otherOverOwn(test, await losses('own'), await losses('other'));
		publish({
			name: 'judge',
			notes: [`${test.length} places in ${JUDGED} files; nats per token`],
			figures: [
				...Object.entries(found).flatMap(([name, { loss, milliseconds }]): readonly Figure[] => [
					{
						label: `${name}: loss over the base`,
						key: `${name}_loss`,
						unit: '',
						value: loss.difference.value,
					},
					{ label: `${name}: judged`, key: `${name}_seconds`, unit: 's', value: milliseconds / 1_000 },
				]),
				{
					label: 'own beats the other by, at least',
					key: 'other_over_own_low',
					unit: '',
					value: difference.low,
					aim: { type: 'at-least', value: 0 },
				},
				{
					label: 'shuffled is turned down',
					key: 'shuffled_failed',
					unit: '',
					value: found['shuffled']?.decision === 'fail' ? 1 : 0,
					aim: { type: 'at-least', value: 1 },
				},
			],
			details: {
				decisions: Object.fromEntries(Object.entries(found).map(([name, { decision }]) => [name, decision])),
				other_over_own: difference,
			},
		});
	} finally {
		await adapters.dispose();
	}
}

await main();
