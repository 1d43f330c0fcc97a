using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Recipes;

namespace Qubes.Plugins.Templates.Builds;

/// <summary>One build under way.</summary>
/// <param name="Recipe">What is built.</param>
/// <param name="Anew">Whether the cache is passed over.</param>
/// <param name="Work">Its directory.</param>
/// <param name="Progress">Who watches.</param>
/// <param name="Log">What the tools write.</param>
internal sealed record BuildJob(Recipe Recipe, bool Anew, WorkDirectory Work, BuildProgress Progress, BuildLog Log);
