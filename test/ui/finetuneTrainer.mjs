// A trainer that only pretends: `node finetuneTrainer.mjs MODE_FILE`. It says what the real one would, at a pace that a
// test can follow. The file holds `better`, `worse` or `fail`.
import fs from 'node:fs';
import path from 'node:path';

const STEPS = 240;
const MILLISECONDS = 25;
const TOKENS_A_STEP = 4_096;

const mode = fs.readFileSync(process.argv[2], 'utf8').trim();
let isPaused = false;
let order;

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
	switch (message.type) {
		case 'start':
			order = message.order;
			train(message.resume).catch((error) => {
				console.error(error);
				process.exit(1);
			});
			break;
		case 'pause':
			isPaused = true;
			send({ type: 'paused', reason: message.reason });
			break;
		case 'resume':
			isPaused = false;
			send({ type: 'running' });
			break;
		case 'cancel':
			send({ type: 'cancelled' }).then(() => process.exit(0));
			break;
	}
});

function send(message) {
	return new Promise((resolve) => process.send(message, undefined, undefined, () => resolve()));
}

function pause(milliseconds) {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A curve with noise that is the same each time. */
function lossAt(step) {
	const noise = Math.sin(step * 12.9898) * 43_758.5453;
	return 1.05 + 1.1 * Math.exp(-step / 70) + (noise - Math.floor(noise) - 0.5) * 0.22;
}

function evaluation(step, loss) {
	return { step, loss, tokens: 5_210, byFile: {} };
}

async function train(resume) {
	const first = resume ? 1 + Number(fs.readFileSync(checkpoint(), 'utf8')) : 1;
	for (const phase of ['checking', 'fingerprint', 'loading', 'timing']) {
		await send({ type: 'phase', phase, detail: phase === 'loading' ? path.basename(order.basePath) : '' });
		await pause(60);
	}
	await send({
		type: 'estimate',
		estimate: {
			device: 'CPU: pretended',
			threads: 3,
			weights: 600e6,
			optimiser: 140e6,
			activations: 900e6,
			total: 1_640e6,
			free: 6_200e6,
			gradientCheckpointing: false,
			parameters: 8_798_208,
			tokens: STEPS * TOKENS_A_STEP,
			steps: STEPS,
			stepMilliseconds: 7_400,
		},
	});
	if (!resume) {
		await send({ type: 'evaluation', evaluation: evaluation(0, 2.1532) });
	}
	await send({ type: 'phase', phase: 'training', detail: '' });
	await send({
		type: 'log',
		level: 'info',
		text: `Trains 7 matrices in each of 24 layers of ${path.basename(order.basePath)}`,
	});
	for (let step = first; step <= STEPS; step++) {
		await trainStep(step);
	}
	await send({ type: 'phase', phase: 'evaluating', detail: '' });
	const after = evaluation(STEPS, mode === 'worse' ? 2.1871 : 1.2907);
	await send({ type: 'evaluation', evaluation: after });
	const result = {
		adapterPath: path.join(order.adapterFolder, 'pretended.gguf'),
		before: evaluation(0, 2.1532),
		after,
		steps: STEPS,
		tokens: STEPS * TOKENS_A_STEP,
		seconds: 1_776,
		skipped: 0,
		peakBytes: 1_590e6,
	};
	await send({ type: 'finished', result });
	process.exit(0);
}

function checkpoint() {
	return path.join(order.runFolder, 'checkpoint.txt');
}

async function trainStep(step) {
	while (isPaused) {
		await pause(MILLISECONDS);
	}
	await pause(MILLISECONDS);
	await send({
		type: 'progress',
		progress: {
			step,
			steps: STEPS,
			loss: lossAt(step),
			learningRate: 3e-4,
			gradientNorm: 0.7,
			tokens: step * TOKENS_A_STEP,
			tokensPerSecond: 553,
			secondsLeft: (STEPS - step) * 7.4,
		},
	});
	if (step % 60 === 0 && step < STEPS) {
		fs.writeFileSync(checkpoint(), String(step));
		await send({ type: 'evaluation', evaluation: evaluation(step, lossAt(step) + 0.16) });
		await send({ type: 'checkpoint', step, path: checkpoint() });
		await send({ type: 'log', level: 'info', text: `Checkpoint at step ${step}` });
	}
	if (mode === 'fail' && step === 130) {
		await send({
			type: 'log',
			level: 'warn',
			text: 'Step 130 was skipped: its loss is not finite; the learning rate is halved',
		});
		await send({
			type: 'failed',
			code: 'out-of-memory',
			message:
				'The trainer needs 1.6 GB and 0.9 GB are free. Close other programs, or set familiar.finetune.sequenceLength to 256, which needs 0.8 GB.',
			resumable: true,
		});
		process.exit(0);
	}
}
