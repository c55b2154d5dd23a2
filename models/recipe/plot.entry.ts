/** `npm run starter:plot`: the figures of models/README.md, drawn from the logs of the training runs. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { writeWhole } from '../../src/inference/wholeFile';
import { root } from '../../test/support/root';
import { recipeFolders } from './folder';
import { chartSvg } from './plot/chart';
import { readTrainingLog, smoothed, whileStable } from './plot/trainingLog';
import { loadTokenizer } from './tokenizer/load';
import { parametersOf } from './train/modelFile';
import { SHAPES, SHIPPED, SIZES } from './train/shape';

/** The runs behind the model that ships, the second from where the first ended. */
const RUNS = [
	{ name: SHIPPED, image: 'loss.svg' },
	{ name: `further-${SHIPPED}`, image: 'further.svg' },
] as const;
/** Steps of a mean in the curve of the loss. */
const NEIGHBOURS = 10;
/** Names of the study's runs begin with it: `npm run starter:train -- --name study-5M --size 5M …`. */
const STUDY = 'study-';

const { training } = recipeFolders();
const vocabulary = loadTokenizer().vocabulary.tokens.length;
const studied = await Promise.all(
	SIZES.map((size) => ({ size, folder: path.join(training, `${STUDY}${size}`) }))
		.filter(({ folder }) => fs.existsSync(folder))
		.map(async ({ size, folder }) => ({ size, log: await readTrainingLog(folder) })),
);
for (const { name, image } of RUNS) {
	const folder = path.join(training, name);
	if (!fs.existsSync(folder)) {
		console.log(`models/${image} stays as it is: ${folder} is not there.`);
		continue;
	}
	const { steps, looks } = await readTrainingLog(folder);
	await writeWhole(
		path.join(root, 'models', image),
		chartSvg({
			title: `Loss of the run ${name}`,
			x: 'tokens',
			y: 'nats per token',
			lines: [
				{
					name: `training, mean of ${NEIGHBOURS} steps`,
					points: smoothed(steps, NEIGHBOURS).map(({ tokens, loss }) => [tokens, loss]),
				},
				{
					name: 'held-out packages',
					points: looks.map(({ tokens, validation }) => [tokens, validation]),
					isDots: true,
				},
			],
		}),
	);
	console.log(`models/${image}`);
}
await writeWhole(
	path.join(root, 'models/scaling.svg'),
	chartSvg({
		title: 'Held-out loss against compute, before the rate falls',
		x: 'operations (6 × parameters × tokens)',
		y: 'nats per token',
		isLogarithmic: true,
		lines: studied.map(({ size, log }) => ({
			name: `${size}: ${(parametersOf(SHAPES[size], vocabulary) / 1e6).toFixed(1)} million parameters`,
			points: whileStable(log).map(({ tokens, validation }) => [
				6 * parametersOf(SHAPES[size], vocabulary) * tokens,
				validation,
			]),
		})),
	}),
);
console.log('models/scaling.svg');
