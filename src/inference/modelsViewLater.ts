/** The models view for the composition root: its code is read when it is first on screen, or one of its commands is run. */

import { commands, views } from '../manifest';
import { Later, laterTree } from './later';
import type { ModelsView, ModelsViewOptions } from './modelsView';

export function modelsViewLater(options: ModelsViewOptions): { dispose(): void } {
	const tree = laterTree(views.models, async (row) => (await later.get()).rows(row));
	const later = new Later<ModelsView>({
		commands: [
			commands.getStarted,
			commands.showModels,
			commands.importModel,
			commands.useForCompletion,
			commands.useForChat,
			commands.useForSearch,
			commands.stopUsingModel,
			commands.loadModel,
			commands.unloadModel,
			commands.benchmarkModel,
			commands.downloadModel,
			commands.chooseSize,
			commands.resumeDownload,
			commands.cancelDownload,
			commands.deleteModel,
			commands.revealModel,
			commands.useAdapter,
			commands.turnOffAdapter,
		],
		load: async () => {
			const { ModelsView } = await import('./modelsView');
			return () => new ModelsView(options, tree);
		},
		log: options.log,
	});
	return {
		dispose: () => {
			later.part?.dispose();
			later.dispose();
			tree.dispose();
		},
	};
}
