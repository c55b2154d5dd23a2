/** Entry of the worker thread that draws samples: syntax, history and context of thousands of files would hold up the editor. */

import { parentPort, workerData } from 'node:worker_threads';
import { RepositoryContext } from '../../completion/context/repositoryContext';
import { Latest } from '../../completion/latest';
import { closedByItself } from '../../completion/prompt';
import { Trees } from '../../inference/syntax/trees';
import { blocksBySyntax } from './blocksBySyntax';
import { draw } from './draw';
import { historyOf } from './history';
import type { FromSampleWorker, SampleOrder } from './sampleWorker';
import { type SourceFile, textOf } from './source';

/** Texts that are kept: what is beside a file is read for each place in it. */
const KEPT = 256;

function say(message: FromSampleWorker): void {
	parentPort?.postMessage(message);
}

const { order, grammars }: SampleOrder = workerData;
const texts = new Latest<{ readonly text: string | undefined }>(KEPT);

async function textOfKept(file: SourceFile): Promise<string | undefined> {
	const key = `${file.repository.folder}\0${file.path}`;
	const known = texts.get(key);
	if (known !== undefined) {
		return known.text;
	}
	const text = await textOf(file);
	texts.set(key, { text });
	return text;
}

// Who cancels ends the thread.
const never = new AbortController().signal;
const drawing = draw(
	order,
	{
		textOf: textOfKept,
		historyOf,
		blocksOf: blocksBySyntax(new Trees(grammars)),
		contextOf: (_repository, shelf) => {
			const context = new RepositoryContext(shelf, order);
			return (place, room, signal) => context.chosenFor(place, room, signal);
		},
		closedByItself,
	},
	never,
);

async function next(): Promise<void> {
	try {
		const { value, done } = await drawing.next();
		say(done === true ? { type: 'end' } : { type: 'drawn', drawn: value });
	} catch (error) {
		const known = error instanceof Error ? error : new Error(String(error));
		say({ type: 'failed', name: known.name, message: known.message });
	}
}

// One piece for each that is asked for: the model is slower than the drawing.
parentPort?.on('message', () => void next());
