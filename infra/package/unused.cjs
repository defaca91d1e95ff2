/** Stands for packages that the bundle never runs: what they are for is switched off. */
module.exports = {};
