using Microsoft.Extensions.Logging;
using Qubes.Plugins.Cloning.Settings;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning.Recipes;

/// <summary>Which services run in a disposable before it is frozen: the standard one, what its owner names, and what plugins offer.</summary>
internal sealed class WarmUpRecipe(IExtensions extensions, ILogger<WarmUpRecipe> log)
{
    private const string Standard = "qubes.WarmUp";

    /// <summary>In the order in which they are called, each once.</summary>
    public IReadOnlyList<string> Of(IQube template)
    {
        List<string> services = [];
        if (Offers(template, Standard) && template.Features.CheckWithTemplate(CloneFeatures.WarmUp) is not "")
            services.Add(Standard);
        services.AddRange(Named(template));
        services.AddRange(extensions.All<IWarmUpRecipes>().SelectMany(r => r.ServicesFor(template)).Where(s => IsUsable(template, s)));
        return [.. services.Distinct()];
    }

    private IReadOnlyList<string> Named(IQube template)
    {
        try
        {
            return ServiceList.Parse(template.Features.CheckWithTemplate(CloneFeatures.Recipe) ?? "");
        }
        catch (InvalidValueException e)
        {
            Log.RecipeRefused(log, template.Name, e.Message); // stored by an older daemon, or without one
            return [];
        }
    }

    private bool IsUsable(IQube template, string service)
    {
        try
        {
            ServiceList.Require(service);
            return Offers(template, service.Split('+')[0]);
        }
        catch (InvalidValueException e)
        {
            Log.RecipeRefused(log, template.Name, e.Message);
            return false;
        }
    }

    private static bool Offers(IQube template, string service) =>
        template.Features.CheckWithTemplate("supported-rpc." + service) is { Length: > 0 };
}
