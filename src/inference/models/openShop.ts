/** Puts together what leads to a model; read from disk when the list of models is first opened. */

import * as path from 'node:path';
import { type MachineProfile, readProfiles, speedOf } from '../fit/profile';
import type { Dialogues } from './dialogues';
import { realDisk } from './disk';
import { Downloads } from './downloads';
import { Hub } from './hub';
import { importModel, modelsIn } from './importModel';
import { Library } from './library';
import type { Machine } from './recommend';
import { ModelShop, type ShopDependencies } from './shop';
import { Web } from './web';

interface OpenShopOptions
	extends Omit<ShopDependencies, 'hub' | 'downloads' | 'library' | 'bring' | 'machine'> {
	/** Absolute path of the folder where measurements are kept. */
	readonly cacheFolder: string;
	/** This machine as the editor knows it; `backend` of the model that is loaded, undefined while none is. */
	readonly machine: () => Omit<Machine, 'profile' | 'speed'> & {
		readonly backend: MachineProfile['backend'] | undefined;
	};
	/** Absolute path of the folder for models. */
	readonly folder: string;
	/** What servers are told of who asks. */
	readonly agent: string;
	/** Whether a certificate must be trusted. */
	readonly strictTls: () => boolean;
}

export function openShop(options: OpenShopOptions): ModelShop {
	const { folder, agent, strictTls, dialogues, translate, cacheFolder } = options;
	const web = new Web({ strictTls, agent, translate });
	const library = new Library(folder, translate);
	const downloads = new Downloads({ web, disk: realDisk, translate }, library);
	return new ModelShop({
		...options,
		hub: new Hub(web, translate),
		library,
		downloads,
		machine: async () => {
			const { backend, ...machine } = options.machine();
			const profiles = await readProfiles(cacheFolder);
			const profile = profiles.find((one) => backend === undefined || one.backend === backend);
			return {
				...machine,
				hasGpu: machine.hasGpu || (profile !== undefined && profile.backend !== 'cpu'),
				profile,
				speed: profile === undefined ? undefined : speedOf(profile),
			};
		},
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
