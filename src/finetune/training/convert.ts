/** Imports and exports one adapter, as ordered by the editor. */

import { messageOf } from '../../inference/failure';
import { fingerprint } from '../../inference/gguf/fingerprint';
import { writeAdapter } from '../adapter/adapterFile';
import type { Ggml } from '../ggml/ggml';
import type { ExportOrder, FromTrainer, ImportOrder } from '../job/messages';
import { AdapterFileError } from '../peft/adapterFileError';
import { exportPeft } from '../peft/exportPeft';
import { importPeft } from '../peft/importPeft';
import type { AdapterBase } from '../peft/modules';
import { readAdapter } from '../peft/readAdapter';
import { readBaseHeader } from './baseHeader';
import { importNotes } from './importNotes';
import { RunFailure } from './runFailure';

/** @throws AdapterFileError or RunFailure with the reason. */
export async function importOrdered(
	ggml: Ggml,
	order: ImportOrder,
	signal: AbortSignal,
): Promise<FromTrainer> {
	const { base, name } = await readBase(order.basePath);
	const content = explained(order.from, () => importPeft(order.from, base));
	const loaded = await fingerprint(order.basePath, order.cacheFolder, signal);
	const adapterPath = writeAdapter(
		ggml,
		{
			...content,
			facts: {
				...content.facts,
				name: order.name,
				base: loaded,
				baseName: name,
			},
		},
		order.adapterFolder,
	);
	return {
		type: 'imported',
		adapterPath,
		notes: importNotes(content.facts, { base: loaded, baseName: name }),
	};
}

/** @throws AdapterFileError or RunFailure with the reason. */
export async function exportOrdered(order: ExportOrder): Promise<FromTrainer> {
	const { base } = await readBase(order.basePath);
	const content = explained(order.adapterPath, () => readAdapter(order.adapterPath));
	explained(order.toFolder, () => exportPeft(content, order.toFolder, base));
	return { type: 'exported', folder: order.toFolder };
}

/** Turns what the system says of a file or folder into words. */
function explained<T>(place: string, work: () => T): T {
	try {
		return work();
	} catch (error) {
		if (error instanceof AdapterFileError) {
			throw error;
		}
		const reason = messageOf(error);
		throw new RunFailure(
			'files',
			`${place} cannot be used: ${reason}. Choose another place, or free some space.`,
		);
	}
}

async function readBase(file: string): Promise<{ readonly base: AdapterBase; readonly name: string }> {
	const { header, shape } = await readBaseHeader(file);
	const shapes = new Map(header.tensors.map((tensor) => [tensor.name, tensor.shape]));
	return {
		name: shape.name,
		base: {
			architecture: shape.architecture,
			layers: shape.layers,
			heads: shape.heads,
			keyValueHeads: shape.keyValueHeads,
			shapeOf: (tensor) => {
				const [inputs, outputs] = shapes.get(tensor) ?? [];
				return inputs === undefined || outputs === undefined ? undefined : [inputs, outputs];
			},
		},
	};
}
