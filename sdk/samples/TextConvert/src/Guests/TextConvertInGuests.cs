using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;

namespace Acme.TextConvert.Guests;

/// <summary>Offers <c>acme.TextConvert</c> to the builder of templates: a recipe names it, and the template gets the program and its packages.</summary>
internal sealed class TextConvertInGuests(QubesPaths paths) : IGuestServiceProvider
{
    public const string Service = "acme.TextConvert";

    public IReadOnlyList<GuestService> Services { get; } =
    [
        new(Service, Path.Combine(paths.LocalPlugins, "TextConvert", "acme-text-convert"), "/usr/lib/acme/acme-text-convert", ["poppler-utils"]),
    ];
}
