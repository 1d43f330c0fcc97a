using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Domains;

/// <summary>
/// A qube's open name → text map. Absent differs from empty; empty means false, anything else true (so "0" is true).
/// Setting and deleting fire events and may be vetoed (spec: domain model, section 6). Used on the kernel loop.
/// </summary>
public interface IFeatures : IReadOnlyDictionary<string, string>
{
    /// <summary>Sets a feature, also to the value it has; fires pre-set, then set.</summary>
    /// <exception cref="QubesException">A handler of the pre-event vetoes; nothing is stored.</exception>
    void Set(string name, string value);

    /// <summary>Removes a feature.</summary>
    /// <exception cref="FeatureNotFoundException">It is not set.</exception>
    void Remove(string name);

    /// <summary>The value on this qube, else on its template, that one's template, and so on; null when none has it.</summary>
    string? CheckWithTemplate(string name);

    /// <summary>The value on this qube, else on its netvm, that one's netvm, and so on; null when none has it.</summary>
    string? CheckWithNetvm(string name);

    /// <summary>The value on this qube, else on its templates, else on the host; null when none has it.</summary>
    string? CheckWithTemplateAndAdminVm(string name);

    /// <summary>The value on this qube, else on the host; null when neither has it.</summary>
    string? CheckWithAdminVm(string name);
}
