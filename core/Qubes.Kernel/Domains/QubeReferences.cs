using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains;

/// <summary>Who names whom (spec: domain model, sections 3.2 and 3.3).</summary>
internal static class QubeReferences
{
    /// <exception cref="QubeInUseException">Something would be left without the qube; the message says what.</exception>
    public static void RequireUnused(Qube qube, QubeRegistry qubes)
    {
        if (qube.Properties.Get(new PropertyKey<bool>("installed_by_rpm")))
            throw new QubeInUseException($"'{qube.Name}' belongs to a package; remove the package instead");
        foreach (var declaration in qubes.System.Declared.Where(d => d.Type == PropertyType.Qube))
        {
            if (qubes.System.Get(new PropertyKey<IQube>(declaration.Name)) == qube)
                throw new QubeInUseException($"'{qube.Name}' is the system's {declaration.Name}; set that to another qube first");
        }
        foreach (var other in qubes.Machines.Append(qubes.AdminVm).Where(o => o != qube))
        {
            var property = other.Properties.Explicit.FirstOrDefault(p => p.Value == qube).Key;
            if (property is not null)
                throw new QubeInUseException($"'{qube.Name}' is the {property} of '{other.Name}'; change that first");
        }
    }

    /// <exception cref="QubeInUseException">The qube is in use as a disposable template.</exception>
    public static void RequireNoDisposables(Qube qube, QubeRegistry qubes)
    {
        string[] asDisposableTemplate = ["default_dispvm", "management_dispvm", "template"];
        foreach (var property in asDisposableTemplate[..2])
        {
            if (qubes.System.Get(new PropertyKey<IQube>(property)) == qube)
                throw new QubeInUseException($"'{qube.Name}' is the system's {property}; set that to another qube first");
        }
        foreach (var other in qubes.Machines.Append(qubes.AdminVm).Where(o => o != qube))
        {
            var property = Array.Find(asDisposableTemplate, p => other.Properties.Explicit.GetValueOrDefault(p) == qube);
            if (property is not null)
                throw new QubeInUseException($"'{qube.Name}' is the {property} of '{other.Name}'; change that first");
        }
    }
}
