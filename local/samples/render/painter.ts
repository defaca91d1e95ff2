/** Colours one point of a scene at a time: bench and shadow, then fin, then body. */
import type { Body } from './body.ts';
import type { Defect, Surface } from './defect.ts';
import type { Noise } from './noise.ts';
import type { Scene } from './scene.ts';
import { smoothStep } from './shapes.ts';

/** A point of the photo, and the same point as the body sees it. */
export interface Place {
  /** In photo widths. */
  photoX: number;
  photoY: number;
  bodyX: number;
  bodyY: number;
  /** To the body's outline, negative inside. */
  distance: number;
}

/** Half the width over which an edge blends into the bench. */
const edgeSoftness = 0.002;
const shadowReach = 0.09;
const shadowOffset = 0.035;
/** How deep into the edge its rounding goes, how high the plate stands and the rib on it. */
const roundingDepth = 0.035;
const plateHeight = 0.055;
const ribHeight = 0.012;
const texturesPerUnit = 220;
const textureHeight = 0.0007;
const finRim = 0.005;
/** Noise is drawn at the scale of a photo of this size, whatever the size rendered. */
const noiseSizePx = 384;

export class Painter {
  /** The light that leaves the point painted last: red, green, blue. */
  readonly light = new Float64Array(3);
  readonly #scene: Scene;
  readonly #body: Body | undefined;
  readonly #defect: Defect;
  readonly #noise: Noise;
  readonly #surface: Surface = { slopeX: 0, slopeY: 0, shade: 1, gloss: 0, grainRatio: 0 };
  readonly #slopeStep: number;
  readonly #grainTone: number;

  constructor(scene: Scene, body: Body | undefined, defect: Defect, noise: Noise) {
    this.#scene = scene;
    this.#body = body;
    this.#defect = defect;
    this.#noise = noise;
    this.#slopeStep = 1.2 / noiseSizePx;
    const [red, green, blue] = scene.material.colour;
    this.#grainTone = red + green + blue < 0.9 ? 0.75 : 0.07;
  }

  /** Signed distance to the body as the defect left it. */
  distance(x: number, y: number): number {
    if (!this.#body) return 1;
    const whole = this.#body.outline(x, y);
    const cut = this.#defect.cut?.(x, y) ?? whole;
    return cut > whole ? cut : whole;
  }

  /** @returns how strongly the defect shows here, 0 to 1. */
  paint(place: Place): number {
    const cover = smoothStep(edgeSoftness, -edgeSoftness, place.distance);
    let marked = 0;
    if (cover < 1) {
      this.#paintBench(place);
      marked = Math.max(this.#paintFin(place), this.#cutHere(place));
    }
    return cover > 0 ? Math.max(marked, this.#paintBody(place, cover)) : marked;
  }

  #paintBench({ photoX, photoY, bodyX, bodyY, distance }: Place): void {
    const { bench } = this.#scene;
    const coarse = this.#noise(photoX / bench.grainWidth + 7, photoY / bench.grainWidth);
    const fine = this.#noise((photoX * noiseSizePx) / 3.1, (photoY * noiseSizePx) / 3.1);
    const shadow = distance > shadowReach ? 0 : this.#shadow(bodyX, bodyY, distance);
    const level = (0.86 + 0.2 * coarse + 0.09 * fine) * (1 - shadow);
    this.light[0] = bench.tint[0] * level;
    this.light[1] = bench.tint[1] * level;
    this.light[2] = bench.tint[2] * level;
  }

  #shadow(x: number, y: number, distance: number): number {
    const { pose, light } = this.#scene;
    const towardsX = (light[0] * pose.cosine + light[1] * pose.sine) * shadowOffset;
    const towardsY = (light[1] * pose.cosine - light[0] * pose.sine) * shadowOffset;
    const hidden = smoothStep(0.03, -0.02, this.distance(x + towardsX, y + towardsY));
    return 0.45 * hidden * smoothStep(-0.01, 0.01, distance);
  }

  #paintFin({ photoX, photoY, bodyX, bodyY, distance }: Place): number {
    if (distance <= 0 || distance > shadowReach || !this.#defect.finDepth) return 0;
    const depth = this.#defect.finDepth(bodyX, bodyY);
    if (distance >= depth) return 0;
    const grain = this.#noise((photoX * noiseSizePx) / 2.2, (photoY * noiseSizePx) / 2.2);
    const shine = (0.795 + 0.15 * grain) * 0.75;
    const isRim = distance > depth - finRim;
    for (let channel = 0; channel < 3; channel += 1) {
      const colour = this.#scene.material.colour[channel] ?? 0;
      const through = (this.light[channel] ?? 0) * 0.3 + (colour * 0.75 + 0.12) * shine;
      this.light[channel] = isRim ? through * 0.6 + 0.28 : through;
    }
    return 1;
  }

  #cutHere({ bodyX, bodyY, distance }: Place): number {
    if (distance <= 0 || !this.#defect.cut || !this.#body) return 0;
    const isMissing = this.#body.outline(bodyX, bodyY) < 0 && this.#defect.cut(bodyX, bodyY) > 0;
    return isMissing ? 1 : 0;
  }

  #paintBody({ bodyX, bodyY, distance }: Place, cover: number): number {
    this.#shapeSurface(bodyX, bodyY);
    const marked = this.#defect.mark?.(bodyX, bodyY, this.#surface) ?? 0;
    const { colour } = this.#scene.material;
    const { diffuse, highlight } = this.#lighting();
    const { shade, grainRatio } = this.#surface;
    for (let channel = 0; channel < 3; channel += 1) {
      const plain = (colour[channel] ?? 0) * shade;
      const tone = plain + (this.#grainTone - plain) * grainRatio;
      const behind = cover < 1 ? (this.light[channel] ?? 0) * (1 - cover) : 0;
      this.light[channel] = behind + cover * (tone * diffuse + highlight);
    }
    return distance < -2 * edgeSoftness ? marked : 0;
  }

  #shapeSurface(x: number, y: number): void {
    const step = this.#slopeStep;
    const height = this.#height(x, y);
    this.#surface.slopeX = (height - this.#height(x + step, y)) / step;
    this.#surface.slopeY = (height - this.#height(x, y + step)) / step;
    this.#surface.shade = 1;
    this.#surface.gloss = this.#scene.material.gloss;
    this.#surface.grainRatio = 0;
  }

  #height(x: number, y: number): number {
    const plate = plateHeight * smoothStep(0.004, -roundingDepth, this.distance(x, y));
    const rib = ribHeight * smoothStep(0.012, -0.004, this.#body?.ribDistance(x, y) ?? 1);
    return plate + rib + textureHeight * this.#noise(x * texturesPerUnit, y * texturesPerUnit);
  }

  /** Lambert's law for the material, Blinn's half-way vector for the highlight. */
  #lighting() {
    const { pose, light } = this.#scene;
    const { slopeX, slopeY, gloss } = this.#surface;
    const normalX = slopeX * pose.cosine - slopeY * pose.sine;
    const normalY = slopeX * pose.sine + slopeY * pose.cosine;
    const perLength = 1 / Math.sqrt(normalX * normalX + normalY * normalY + 1);
    const flat = normalX * light[0] + normalY * light[1];
    const facing = Math.max(0, (flat + light[2]) * perLength);
    // The eye looks straight down, so the vector half-way to the light has length sqrt(2 + 2z).
    const halfway = Math.sqrt(2 + 2 * light[2]);
    const mirrored = Math.max(0, ((flat + light[2] + 1) * perLength) / halfway);
    return { diffuse: 0.36 + 0.72 * facing, highlight: gloss * mirrored ** 28 };
  }
}
