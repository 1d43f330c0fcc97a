using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Testing.Domains;

/// <summary>Hands out halted disposables of qubes with <c>template_for_dispvms</c>; they are removed when they stop.</summary>
/// <param name="qubes">Where they are added.</param>
public sealed class SimulatedDisposables(SimulatedQubes qubes) : IDisposables
{
    private int last;

    /// <summary>Called before one is made; throw to have the request fail.</summary>
    public Action<DisposableRequest>? Acquiring { get; set; }

    /// <inheritdoc/>
    public Task<IQube> AcquireAsync(DisposableRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        Acquiring?.Invoke(request);
        var made = Make(request.Template);
        made.Tags.Add("created-by-" + request.RequestedBy.Name);
        made.Tags.Add("disp-created-by-" + request.RequestedBy.Name);
        return Task.FromResult<IQube>(made);
    }

    /// <inheritdoc/>
    public Task<IQube> PrepareAsync(IQube template, Action<IQube> added, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(added);
        var made = Make(template);
        added(made);
        return Task.FromResult<IQube>(made);
    }

    private SimulatedQube Make(IQube template)
    {
        if (!template.Properties.Get(QubeProperties.TemplateForDispvms))
            throw new QubesException($"'{template.Name}' does not allow disposables: set its property template_for_dispvms");
        return qubes.Add($"disp{++last}", QubeClass.DispVM, template);
    }
}
