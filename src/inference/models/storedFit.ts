/** How models of the catalogue, of a repository and of Familiar's own folder fit into this machine. */

import { type Fit, fitOf } from '../fit/fit';
import { type Outline, parametersIn, roughShape } from '../fit/roughShape';
import type { ModelShape } from '../fit/shape';
import type { CatalogueEntry } from './catalogue';
import type { StoredModel } from './library';
import { entryShape, type Machine } from './recommend';
import { quantisationOf, type Variant } from './variants';

/** In the quantisation that is offered first. */
export function fitOfEntry(entry: CatalogueEntry, machine: Machine): Fit {
	return fitOf(entryShape(entry), machine);
}

/** @param name of the repository, of which the size of the model is read. */
export function fitOfVariant(
	variant: Variant,
	name: string,
	entry: CatalogueEntry | undefined,
	machine: Machine,
): Fit {
	return fitOf(
		entry === undefined ? roughShape(outlineOf(variant, name)) : entryShape(entry, variant),
		machine,
	);
}

/** One that ran here is known by its header. */
export function fitOfStored(model: StoredModel, catalogue: readonly CatalogueEntry[], machine: Machine): Fit {
	const ran = machine.profile?.runs.find(({ path }) => path === model.path);
	return fitOf(ran?.measured.shape ?? storedShape(model, catalogue), machine);
}

function storedShape({ record, bytes }: StoredModel, catalogue: readonly CatalogueEntry[]): ModelShape {
	const quantisation = quantisationOf(record.files[0]?.name ?? '');
	const entry = catalogue.find(
		({ repository }) => record.origin === repository || record.origin.startsWith(`${repository}/`),
	);
	return entry === undefined
		? roughShape(outlineOf({ bytes, quantisation }, record.name))
		: entryShape(entry, { bytes, quantisation });
}

/** A name that states another size than the file can have is not believed. */
function outlineOf({ bytes, quantisation }: Pick<Variant, 'bytes' | 'quantisation'>, name: string): Outline {
	const stated = parametersIn(name);
	const bits = stated.parameters === undefined ? 0 : (bytes * 8) / stated.parameters;
	return bits > 1 && bits < 40
		? { ...stated, bytes, quantisation }
		: { parameters: undefined, bytes, quantisation };
}
