import { Injectable } from '@nestjs/common';
import { assign } from '@serendip/experiments-domain';
import { ConfigWatcher, resolveModel } from '@serendip/platform-config';
import { plannedRules } from '@serendip/serving-adapters';
import type { Cap, PlacementPlan, PlannedRule, RuleLevel, Visitor } from '@serendip/serving-domain';
import { control } from '@serendip/shared-contracts';
import { DomainError, knownNames } from '@serendip/shared-errors';

const DAY_MS = 86_400_000;

export interface PlanRequest {
  readonly tenant: string;
  readonly placement: string;
  readonly visitor: Visitor;
  /** Stands in for the saved placement of this name, for example to see what it would do. */
  readonly as?: control.Placement | undefined;
  /** What the request brings along. */
  readonly rules?: readonly PlannedRule[] | undefined;
  /** 0 to 1; the placement's own when it is not given. */
  readonly diversity?: number | undefined;
  readonly override?: { readonly retriever?: string | undefined; readonly ranker?: string | undefined } | undefined;
}

/** A plan made once more with other versions. */
export interface ShadowPlan {
  readonly plan: PlacementPlan;
  /** Of answers, above 0, at most 1. */
  readonly share: number;
  /** name@version of what the shadow says; empty for the one that serves. */
  readonly versions: { readonly retriever: string; readonly ranker: string };
}

/** Decides, from one config snapshot and the visitor alone, what a request's pipeline is made of. */
@Injectable()
export class Planner {
  /** Compiled once for each version of a tenant or placement. */
  private readonly planned = new WeakMap<control.Tenant | control.Placement, readonly PlannedRule[]>();

  constructor(private readonly config: ConfigWatcher) {}

  tenant(id: string): control.Tenant {
    const tenant = this.config.tenant(id);
    if (tenant === undefined) throw new DomainError('NOT_FOUND', 'TENANT_UNKNOWN', `There is no tenant '${id}'.`);
    return tenant;
  }

  /** Throws NOT_FOUND/PLACEMENT_UNKNOWN, saying which there are. */
  placement(tenantId: string, name: string): control.Placement {
    const { placements } = this.tenant(tenantId);
    const placement = placements.find((entry) => entry.name === name);
    if (placement === undefined) throw new DomainError('NOT_FOUND', 'PLACEMENT_UNKNOWN', `There is no placement '${name}'. ${knownNames(placements.map((entry) => entry.name))}`);
    return placement;
  }

  /** Throws NOT_FOUND/PLACEMENT_UNKNOWN, and NOT_FOUND/MODEL_UNKNOWN for an override that names no version. */
  plan({ tenant: tenantId, placement: name, visitor, as, rules = [], diversity, override }: PlanRequest): PlacementPlan {
    const tenant = this.tenant(tenantId);
    const placement = as ?? this.placement(tenantId, name);
    const split = tenant.splits.find((entry) => entry.placement === name);
    const unit = visitor.kind === 'nobody' ? undefined : `${visitor.kind}:${visitor.id}`;
    const arm = split === undefined || unit === undefined ? undefined : assign(split, unit);
    return {
      name,
      config: this.config.current.version,
      sources: placement.sources.map(({ name: source, limit, timeoutMs, window }) => ({ name: source, limit, timeoutMs, window })),
      hideAfter: placement.hideAfter,
      retriever: this.model(tenant, override?.retriever, arm?.retriever || placement.retriever),
      ranker: this.model(tenant, override?.ranker, arm?.ranker || placement.ranker),
      objective: placement.objective.map(({ head, weight }) => ({ head, weight })),
      candidates: placement.candidates,
      logShare: arm === undefined ? placement.logShare : 1,
      arms: split === undefined || arm === undefined ? [] : [{ experiment: split.name, arm: arm.name }],
      rules: [...this.rulesOf('tenant', tenant), ...this.rulesOf('placement', placement), ...rules],
      caps: capsOf(tenant, placement),
      diversity: diversity ?? placement.diversity,
      ...(placement.impressionDiscount === undefined || placement.impressionDiscount === 1 ? {} : { impressionDiscount: placement.impressionDiscount }),
      ...explorationOf(placement, arm?.explorationShare),
      fill: placement.fill === control.Fill.STRICT ? 'strict' : 'fill-up',
    };
  }

  /** What shadows the placement of a plan; undefined where that is nothing but the plan itself. */
  shadow(tenantId: string, plan: PlacementPlan): ShadowPlan | undefined {
    const tenant = this.tenant(tenantId);
    const shadow = tenant.shadows.find(({ placement }) => placement === plan.name);
    if (shadow === undefined) return undefined;
    const versions = { retriever: resolveModel(tenant, shadow.retriever), ranker: resolveModel(tenant, shadow.ranker) };
    const [retriever, ranker] = [versions.retriever || plan.retriever, versions.ranker || plan.ranker];
    return retriever === plan.retriever && ranker === plan.ranker ? undefined : { plan: { ...plan, retriever, ranker }, share: shadow.share, versions };
  }

  /** What holds for lists that no placement makes, and for given ones: what the tenant never shows. Their order is their own. */
  eligibility(tenantId: string): Pick<PlacementPlan, 'rules' | 'caps' | 'diversity' | 'exploration'> {
    const rules = this.rulesOf('tenant', this.tenant(tenantId)).filter(({ filter }) => filter !== undefined);
    return { rules: rules.map(({ boost: _boost, pin: _pin, ...rest }) => rest), caps: [], diversity: 0, exploration: undefined };
  }

  private rulesOf(level: RuleLevel, owner: control.Tenant | control.Placement): readonly PlannedRule[] {
    const known = this.planned.get(owner) ?? plannedRules(level, owner.rules);
    this.planned.set(owner, known);
    return known;
  }

  private model(tenant: control.Tenant, override: string | undefined, configured: string): string {
    if (override === undefined) return resolveModel(tenant, configured);
    const resolved = resolveModel(tenant, override);
    if (resolved === '') throw new DomainError('NOT_FOUND', 'MODEL_UNKNOWN', `There is no model version '${override}': use name@version or name@alias.`);
    return resolved;
  }
}

/** A placement's caps, and the tenant's of the groups that it has none of. */
function capsOf(tenant: control.Tenant, placement: control.Placement): readonly Cap[] {
  const own = new Set(placement.caps.map(({ group }) => group));
  return [...placement.caps, ...tenant.caps.filter(({ group }) => !own.has(group))].map(capOf);
}

const capOf = ({ group, limit, window }: control.Cap): Cap => ({ group, limit, window });

/** @param share in place of the placement's own. */
function explorationOf({ exploration }: control.Placement, share = exploration?.share ?? 0): Pick<PlacementPlan, 'exploration'> {
  if (exploration === undefined || share === 0) return {};
  const { from, to, shownFewerThan, publishedWithinDays, pool, weights } = exploration;
  return { exploration: { share, from, to, shownFewerThan, publishedWithinMs: publishedWithinDays * DAY_MS, pool, weights: weights === control.ExplorationWeights.RANK ? 'rank' : 'uniform' } };
}
