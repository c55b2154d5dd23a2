/** Puts the room together for the composition root: what completes, what it reads, and what is counted of it. */

import { sleep } from '../inference/cancel';
import type { Log, Model } from '../inference/model';
import { readPower, thisMachine, watchPower } from '../inference/power';
import type { Settings } from '../manifest';
import { Battery } from './battery';
import { CompletionCommands, CompletionPages, type CompletionPagesDependencies } from './commands';
import { EditorContext } from './editorContext';
import { CompletionEngine } from './engine';
import { type AdapterInUse, CompletionInsight } from './insight';
import { SpareTime } from './nextEdit/spareTime';
import { NextEditView } from './nextEditView';
import { isStillAt, openText, registerCompletions } from './provider';
import type { AdapterCounts } from './statistics/byAdapter';
import { SyntaxShapes } from './syntax/shapes';

interface CompletionRoomOptions {
	readonly model: Model;
	/** Whether the model in use is the one that ships with the extension. */
	readonly isStarter: () => boolean;
	/** Absolute path of the folder that holds everything Familiar keeps. */
	readonly storage: string;
	/** Absolute path of the folder with the syntax worker and its grammars. */
	readonly dist: string;
	readonly extensionUri: CompletionPagesDependencies['extensionUri'];
	settings(): Settings;
	/** Why a file is left out, by its absolute path with `/`; undefined: it is not. */
	excluded(fullPath: string, use: 'completion' | 'context'): string | undefined;
	/** Those in use. */
	adapters(): readonly AdapterInUse[];
	readonly log: Log;
}

interface CompletionRoom {
	readonly engine: CompletionEngine;
	readonly commands: CompletionCommands;
	/** New settings hold from the next request on. */
	configure(): void;
	/** Nothing of what was read or counted is left. */
	forget(): void;
	/** What became of the suggestions of each adapter. */
	byAdapter(): Promise<readonly AdapterCounts[]>;
	/** Writes what was counted. */
	close(): Promise<void>;
	readonly disposables: readonly { dispose(): void }[];
}

export function completionRoom(options: CompletionRoomOptions): CompletionRoom {
	const { model, storage, dist, extensionUri, settings, adapters, log } = options;
	const battery = new Battery(
		(onChange, signal) => watchPower((one) => readPower(thisMachine, one), onChange, sleep, signal),
		log,
	);
	battery.configure(settings().completion.pauseOnBattery);
	const insight = new CompletionInsight({ storage, model, log, adapters, isStillAt, textOf: openText });
	const context = new EditorContext({
		switches: settings().context,
		excluded: (file) => options.excluded(file, 'context'),
		log,
	});
	const shapes = new SyntaxShapes({ folder: dist, log });
	const spare = new SpareTime(model);
	const engine = new CompletionEngine({
		model: spare.first,
		settings: settings().completion,
		excluded: (file) => options.excluded(file, 'completion'),
		isOnBattery: () => battery.isInUse,
		// With an adapter it knows what that was trained on.
		isStarter: () => options.isStarter() && adapters().length === 0,
		context: context.gatherer,
		shapes,
		isUnwanted: (languageId, kind) => insight.isUnwanted(languageId, kind),
		log,
	});
	const nextEdits = new NextEditView({
		settings,
		excluded: (file) => options.excluded(file, 'completion'),
		isPaused: () => engine.pause.isPaused,
		isOnBattery: () => battery.isInUse,
		spare,
		onModelFree: (read) => engine.visit(read),
		log,
	});
	const commands = new CompletionCommands({ engine, battery, settings });
	return {
		engine,
		commands,
		configure() {
			battery.configure(settings().completion.pauseOnBattery);
			context.configure(settings().context);
			engine.configure(settings().completion);
		},
		forget() {
			context.forget();
			engine.configure(settings().completion);
			insight.forget();
		},
		byAdapter: () => insight.byAdapter(),
		close: () => insight.close(),
		disposables: [
			commands,
			battery,
			engine,
			shapes,
			context,
			nextEdits,
			registerCompletions(engine, log, nextEdits.beside(insight)),
			new CompletionPages({ extensionUri, insight, log }),
		],
	};
}
