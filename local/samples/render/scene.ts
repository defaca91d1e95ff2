/** Everything about a photo that is not the thing on the bench: pose, light, bench, material, camera. */
import type { RandomStream } from './random.ts';

export type Triple = readonly [number, number, number];

export interface Scene {
  readonly pose: Pose;
  /** Points at the light, of length 1. */
  readonly light: Triple;
  readonly bench: Bench;
  readonly material: Material;
  readonly camera: Camera;
}

export interface Pose {
  readonly cosine: number;
  readonly sine: number;
  readonly scale: number;
  readonly centreX: number;
  readonly centreY: number;
}

export interface Bench {
  readonly tint: Triple;
  /** Photo widths to a grain of its coarse pattern. */
  readonly grainWidth: number;
}

export interface Material {
  readonly colour: Triple;
  readonly gloss: number;
}

export interface Camera {
  /** Exposure times white balance, for each channel. */
  readonly gains: Triple;
  readonly noiseRatio: number;
}

const colours: readonly [Triple, ...Triple[]] = [
  [0.82, 0.82, 0.8],
  [0.2, 0.35, 0.62],
  [0.75, 0.25, 0.18],
  [0.16, 0.17, 0.18],
  [0.85, 0.68, 0.2],
  [0.25, 0.5, 0.32],
];

/** @param driftRatio - 0 to 1: how far the line's camera and lamp have gone off: darker, warmer, noisier. */
export function drawScene(random: RandomStream, driftRatio: number): Scene {
  return {
    pose: drawPose(random),
    light: drawLight(random),
    bench: drawBench(random),
    material: drawMaterial(random),
    camera: drawCamera(random, driftRatio),
  };
}

function drawPose(random: RandomStream): Pose {
  const angle = random.between(0, 2 * Math.PI);
  return {
    cosine: Math.cos(angle),
    sine: Math.sin(angle),
    scale: random.between(1.05, 1.25),
    centreX: random.between(0.47, 0.53),
    centreY: random.between(0.47, 0.53),
  };
}

function drawLight(random: RandomStream): Triple {
  const direction = random.between(0, 2 * Math.PI);
  const elevation = random.between(0.7, 1.15);
  const flat = Math.cos(elevation);
  return [Math.cos(direction) * flat, Math.sin(direction) * flat, Math.sin(elevation)];
}

function drawBench(random: RandomStream): Bench {
  const level = random.between(0.3, 0.68);
  return {
    tint: [level * random.between(0.97, 1.05), level, level * random.between(0.95, 1.03)],
    grainWidth: random.between(20, 60) / 384,
  };
}

function drawMaterial(random: RandomStream): Material {
  const [red, green, blue] = random.pick(colours);
  const jittered = (value: number) =>
    Math.min(0.95, Math.max(0.05, value + random.between(-0.05, 0.05)));
  const colour: Triple = [jittered(red), jittered(green), jittered(blue)];
  return { colour, gloss: random.between(0.15, 0.5) };
}

function drawCamera(random: RandomStream, driftRatio: number): Camera {
  const exposure = random.between(0.85, 1.15) * (1 - 0.55 * driftRatio);
  const red = 1 + random.between(-0.05, 0.05) + 0.12 * driftRatio;
  const blue = 1 + random.between(-0.05, 0.05) - 0.15 * driftRatio;
  return {
    gains: [exposure * red, exposure, exposure * blue],
    noiseRatio: 0.05 + 0.1 * driftRatio,
  };
}
