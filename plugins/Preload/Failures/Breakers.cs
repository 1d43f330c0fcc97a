using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Failures;

/// <summary>One <see cref="Breaker"/> per template.</summary>
internal sealed class Breakers(TimeProvider time, Random random)
{
    private readonly Dictionary<IQube, Breaker> byTemplate = [];

    public Breaker Of(IQube template) => byTemplate.TryGetValue(template, out var known) ? known : byTemplate[template] = new(time, random);

    /// <summary>The template is gone.</summary>
    public void Forget(IQube template) => byTemplate.Remove(template);
}
