using System.Text.RegularExpressions;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Cloning.Recipes;

/// <summary>
/// The text of a recipe: at most 16 services, separated by single spaces, each <c>SERVICE</c> or <c>SERVICE+ARGUMENT</c> of
/// <c>A-Za-z0-9_.-</c>, the service at most 63 characters and the argument 64.
/// </summary>
internal static partial class ServiceList
{
    private const int Most = 16;

    /// <exception cref="InvalidValueException">It breaks the grammar; the message says where.</exception>
    public static IReadOnlyList<string> Parse(string text)
    {
        if (text.Length == 0)
            return [];
        var services = text.Split(' ');
        if (services.Length > Most)
            throw new InvalidValueException($"A recipe has at most {Most} services, not {services.Length}");
        foreach (var service in services)
            Require(service);
        return services;
    }

    /// <exception cref="InvalidValueException">It is no service.</exception>
    public static void Require(string service)
    {
        if (!Service().IsMatch(service))
        {
            throw new InvalidValueException(
                "A recipe is made of services separated by one space each, SERVICE or SERVICE+ARGUMENT of letters, digits, '_', '.' and '-'");
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}(\+[A-Za-z0-9_.-]{0,64})?\z")]
    private static partial Regex Service();
}
