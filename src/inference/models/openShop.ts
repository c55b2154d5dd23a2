/** Puts together what leads to a model; read from disk when the list of models is first opened. */

import * as path from 'node:path';
import type { Dialogues } from './dialogues';
import { realDisk } from './disk';
import { Downloads } from './downloads';
import { Hub } from './hub';
import { importModel, modelsIn } from './importModel';
import { Library } from './library';
import { ModelShop, type ShopDependencies } from './shop';
import { Web } from './web';

interface OpenShopOptions extends Omit<ShopDependencies, 'hub' | 'downloads' | 'library' | 'bring'> {
	/** Absolute path of the folder for models. */
	readonly folder: string;
	/** What servers are told of who asks. */
	readonly agent: string;
	/** Whether a certificate must be trusted. */
	readonly strictTls: () => boolean;
}

export function openShop(options: OpenShopOptions): ModelShop {
	const { folder, agent, strictTls, dialogues, translate } = options;
	const web = new Web({ strictTls, agent, translate });
	const library = new Library(folder, translate);
	const downloads = new Downloads({ web, disk: realDisk, translate }, library);
	return new ModelShop({
		...options,
		hub: new Hub(web, translate),
		library,
		downloads,
		bring: async (what) => {
			const source = await dialogues.browse(what);
			const first = source === undefined ? undefined : await chooseModel(source, dialogues, translate);
			return first === undefined
				? undefined
				: dialogues.during(translate('Importing {0}', path.basename(first)), (report, signal) =>
						importModel(
							first,
							{ disk: realDisk, translate, library },
							(bytes, total) => report('', bytes / total),
							signal,
						),
					);
		},
	});
}

/** The only model of a folder, or the one that is picked. */
async function chooseModel(
	source: string,
	dialogues: Dialogues,
	translate: ShopDependencies['translate'],
): Promise<string | undefined> {
	const models = await modelsIn(source);
	if (models.length === 1) {
		return models[0];
	}
	if (models.length === 0) {
		await dialogues.tell('error', translate('There is no GGUF file in {0}. Choose another folder.', source));
		return undefined;
	}
	const picked = await dialogues.pick(
		translate('Familiar: Import a Model'),
		translate('Choose one of the models in {0}', source),
		models.map((model) => ({ label: path.basename(model), value: model })),
	);
	return picked?.value;
}
